import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Column } from "./Column.ts"
import { Duration } from "./Duration.ts"
import { Measure } from "./Measure.ts"

/**
 * The spec, version 1, as data. `title`s and `description`s here are the documentation: they reach editors through
 * the JSON Schema, and error messages through `expected`.
 */

const described = <S extends Schema.Top>(schema: S, description: string) =>
  Schema.optionalKey(schema.annotate({ description }))
const withDefault = <S extends Schema.Top>(schema: S, value: S["Type"], description: string) =>
  (schema.annotate({ description, default: value }) as S).pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

const word = (description: string) =>
  Schema.String.check(
    Schema.isPattern(/^[A-Za-z_][\w-]*$/u, { expected: "a name of letters, digits, _ and -, starting with a letter" })
  ).annotate({ description })

const TextList = Schema.Array(Schema.String).annotate({ expected: "a list such as [a, b]" })
const Uri = Schema.NonEmptyString

/** A format by name, or with options of its own: `{ name: csv, delimiter: ";" }`. */
const Format = Schema.Union([
  Schema.String,
  Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
]).annotate({ expected: "a format such as csv, or { name: csv, … } with its options" })

const Source = Schema.Struct({
  uri: Schema.Union([Uri, Schema.NonEmptyArray(Uri)]).annotate({
    expected: "a path, or a list of paths",
    description: "File, directory (read recursively), glob, or - for standard input; a list is read in its order"
  }),
  format: described(Format, "Decided by the file ending, else by the content, unless given")
}).annotate({ expected: "a map such as { uri: events.csv }" })

const Mapped = Schema.Union([
  Column,
  Schema.Struct({ as: Schema.optionalKey(Schema.NonEmptyString), value: Column })
]).annotate({
  expected: "a column such as user_id, or { as: name, value: column }"
})
const User = Schema.Union([
  Column,
  Schema.NonEmptyArray(Column),
  Schema.Struct({
    as: Schema.optionalKey(Schema.NonEmptyString),
    value: Schema.Union([Column, Schema.NonEmptyArray(Column)]).annotate({ expected: "a column, or a list of columns" })
  })
]).annotate({ expected: "a column such as user_id, a list of columns, or { as: name, value: … }" })

const EventMapping = Schema.Struct({
  id: described(Mapped, "The event's own id; the default key of duplicates"),
  user: User.annotate({ description: "Whose event it is; a list of columns is a composite key" }),
  time: Mapped.annotate({ description: "When it happened" }),
  time_format: withDefault(
    Schema.String,
    "iso8601",
    "iso8601, epoch_s, epoch_ms, epoch_us, epoch_ns, or a pattern such as dd/MMM/yyyy:HH:mm:ss Z"
  ),
  timezone: withDefault(Schema.String, "UTC", "Zone of times that name none"),
  type: described(Mapped, "What happened"),
  columns: withDefault(Schema.Record(Schema.String, Column), {}, "Further columns, by name"),
  required: withDefault(TextList, [], "Columns that may not be null, besides user and time"),
  allowed: withDefault(
    Schema.Record(Schema.String, TextList),
    {},
    "Columns and the values they may have; another value rejects the record"
  ),
  time_range: described(
    Schema.Struct({
      from: described(Schema.String, "The earliest time expected, ISO 8601 (default 1990-01-01T00:00:00Z)"),
      to: described(Schema.String, "The latest time expected, ISO 8601 (default: a day after as_of)"),
      outside: withDefault(Schema.Literals(["warn", "reject"]), "warn", "What to do with a time outside")
    }),
    "Which times are plausible"
  ),
  null_values: withDefault(TextList, [], "Texts that mean null, such as NA")
}).annotate({ expected: "a map with at least user and time" })

const Sessions = Schema.Struct({
  gap: described(
    Schema.Union([Schema.Literal("none"), Duration]).annotate({ expected: "none or a duration such as 30m" }),
    "A longer time without events ends a session"
  ),
  boundary: withDefault(
    Schema.Literals(["merge", "split"]),
    "merge",
    "Whether a gap of exactly that length keeps the session (merge) or ends it (split)"
  ),
  columns: withDefault(Schema.Record(Schema.String, Measure), {}, "Measures over the events of a session")
})

const Table = Schema.Struct({
  from: Schema.Literals(["events", "sessions"]).annotate({ description: "The table whose rows are grouped" }),
  by: withDefault(TextList, [], "The columns that make a group; none is one group of all rows"),
  columns: Schema.Record(Schema.String, Measure).annotate({ description: "Measures over the rows of a group" })
}).annotate({ expected: "a map such as { from: sessions, by: [date], columns: { sessions: count(*) } }" })

const Output = Schema.Struct({
  uri: Uri.annotate({ description: "File to write, or - for standard output" }),
  format: described(Format, "Decided by the file ending unless given"),
  columns: described(
    Schema.NonEmptyArray(Schema.String).annotate({ expected: "a list such as [a, b]" }),
    "These columns, in this order"
  )
}).annotate({ expected: "a map such as { uri: sessions.csv }" })

/** A value that is filled in when the spec is run: `{ param: name }` wherever a value or list may stand. */
export const Param = Schema.Struct({
  type: withDefault(
    Schema.Literals(["text", "path", "duration", "integer", "boolean", "list"]),
    "text",
    "path: relative to where the command runs; list: separated by commas on the command line"
  ),
  default: described(Schema.Unknown, "Taken when the param is not given; a param without one must be given"),
  optional: withDefault(Schema.Boolean, false, "May be left out: an output whose uri is missing is not written"),
  description: described(Schema.String, "Shown in the help")
})
export type Param = typeof Param.Type

export const Params = Schema.Record(Schema.String, Param)

export const Spec = Schema.Struct({
  version: Schema.Literal(1).annotate({ expected: "1, the only version", description: "Version of the spec language" }),
  name: word("Name of the job; session ids depend on it"),
  description: described(Schema.String, "What the job is for"),
  params: withDefault(Params, {}, "Values to be filled in when the spec is run"),
  timezone: withDefault(Schema.String, "UTC", "Zone that decides dates"),
  source: Source.annotate({ description: "Where the records come from" }),
  event: EventMapping.annotate({ description: "What the fields of a record mean" }),
  dedupe: described(
    Schema.Union([Schema.Literals(["id", "record", "none"]), Schema.NonEmptyArray(Schema.String)]).annotate({
      expected: "id, record, none, or a list of columns such as [user, time, type]"
    }),
    "What makes two events of a user the same (default: id where mapped, else record)"
  ),
  order: withDefault(TextList, [], "Columns that order events of one user at one time"),
  tie: withDefault(
    Schema.Literals(["position", "content"]),
    "position",
    "What orders events that are still equal: where they stood in the input, or all their columns"
  ),
  sessions: described(Sessions, "How each user's events are cut; without rules one session a user"),
  tables: withDefault(Schema.Record(Schema.String, Table), {}, "Aggregates, by name"),
  outputs: withDefault(
    Schema.Record(Schema.String, Output),
    {},
    "What is written where: sessions, events, duplicates, rejects, or a table by its name"
  )
}).annotate({ title: "Sojourn spec", description: "One job: raw events in, sessions and quarantine out" })
export type Spec = typeof Spec.Type
