import * as Schema from "effect/Schema"
import { Column } from "./Column.ts"
import { described, Expression, Expressions, Format, TextList, Uri, withDefault } from "./Key.ts"

const Mapped = Schema.Union([
  Expression,
  Schema.Struct({ as: Schema.optionalKey(Schema.NonEmptyString), value: Expression })
]).annotate({
  expected: "a column such as user_id, or { as: name, value: expression }"
})
const User = Schema.Union([
  Expression,
  Schema.NonEmptyArray(Expression),
  Schema.Struct({
    as: Schema.optionalKey(Schema.NonEmptyString),
    value: Schema.Union([Expression, Schema.NonEmptyArray(Expression)]).annotate({
      expected: "an expression, or a list of expressions"
    })
  })
]).annotate({ expected: "a column such as user_id, a list of columns, or { as: name, value: … }" })

const Enrich = Schema.Struct({
  source: Schema.Struct({
    uri: Uri.annotate({ description: "File, directory or glob" }),
    format: described(Format, "Decided by the file ending, else by the content, unless given")
  }).annotate({ expected: "a map such as { uri: countries.csv }", description: "Where the file is" }),
  key: Column.annotate({ description: "The column of the file that is compared; its first row with a value counts" }),
  on: Expression.annotate({ description: "What of an event is compared with it" }),
  columns: Expressions.annotate({ description: "Columns that events get, from the columns of the file" })
}).annotate({ expected: "a map such as { source: { uri: c.csv }, key: code, on: country, columns: { name: name } }" })

/** What the fields of a record mean. */
export const Event = Schema.Struct({
  id: described(Mapped, "The event's own id; the default key of duplicates"),
  user: User.annotate({ description: "Whose event it is; a list of columns is a composite key" }),
  time: described(Mapped, "When it happened; without it events have no time, and sessions cannot be cut"),
  time_format: withDefault(
    Schema.String,
    "iso8601",
    "iso8601, epoch_s, epoch_ms, epoch_us, epoch_ns, or a pattern such as dd/MMM/yyyy:HH:mm:ss Z"
  ),
  timezone: withDefault(Schema.String, "UTC", "Zone of times that name none"),
  type: described(Mapped, "What happened"),
  columns: withDefault(Expressions, {}, "Further columns, by name"),
  enrich: withDefault(Schema.Record(Schema.String, Enrich), {}, "Files that add columns to events, by name"),
  where: described(Expression, "Events for which this is not true are left out"),
  strict: withDefault(Schema.Boolean, false, "A record with a field that is not named here is rejected"),
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
}).annotate({ expected: "a map with at least user" })
