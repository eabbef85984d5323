import * as Schema from "effect/Schema"
import { AnyTable } from "./AnyTable.ts"
import { Column } from "./Column.ts"
import { Console } from "./Console.ts"
import { Dedupe } from "./Dedupe.ts"
import { Duration } from "./Duration.ts"
import { Checks } from "./Checks.ts"
import { Event } from "./Event.ts"
import { described, Format, TextList, Uri, withDefault } from "./Key.ts"
import { Output } from "./Output.ts"
import { Range } from "./Range.ts"
import { Reports } from "./Report.ts"
import { Sessions, Users } from "./Sessions.ts"

/**
 * The spec, version 1, as data. `title`s and `description`s here are the documentation: they reach editors through
 * the JSON Schema, and error messages through `expected`.
 */

const word = (description: string) =>
  Schema.String.check(
    Schema.isPattern(/^[A-Za-z_][\w-]*$/u, { expected: "a name of letters, digits, _ and -, starting with a letter" })
  ).annotate({ description })

const Source = Schema.Struct({
  uri: Schema.Union([Uri, Schema.NonEmptyArray(Uri)]).annotate({
    expected: "a path, or a list of paths",
    description: "File, directory (read recursively), glob, or - for standard input; a list is read in its order"
  }),
  format: described(Format, "Decided by the file ending, else by the content, unless given"),
  fields: withDefault(
    Schema.Record(Schema.String, Column),
    {},
    "Fields that event names and that have another name here: { user_id: uid }"
  ),
  partition: described(
    Schema.NonEmptyString,
    "The directories, such as date=2025-11-16, that each hold the records of their date: a range reads those that it needs"
  )
}).annotate({ expected: "a map such as { uri: events.csv }" })
export type SourceSpec = typeof Source.Type

/** A value that is filled in when the spec is run: `{ param: name }` wherever a value or list may stand. */
export const Param = Schema.Struct({
  type: withDefault(
    Schema.Literals(["text", "path", "duration", "integer", "boolean", "list"]),
    "text",
    "path: relative to where the command runs; list: separated by commas on the command line"
  ),
  default: described(Schema.Unknown, "Taken when the param is not given; a param without one must be given"),
  optional: withDefault(Schema.Boolean, false, "May be left out: an output whose uri is missing is not written"),
  choices: described(TextList, "The only values that there are, or that a list may have"),
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
  plugins: withDefault(
    TextList,
    [],
    "Modules with further formats: paths relative to this file, or names of installed packages"
  ),
  source: described(Source, "Where the records come from"),
  sources: described(
    Schema.Record(Schema.String, Source),
    "Several sources, by name, in place of one: their records are read one source after the other"
  ),
  event: Event.annotate({ description: "What the fields of a record mean" }),
  dedupe: described(Dedupe, "What makes two events of a user the same (default: id where mapped, else record)"),
  order: withDefault(TextList, [], "Columns that order events of one user at one time"),
  tie: withDefault(
    Schema.Literals(["position", "content"]),
    "position",
    "What orders events that are still equal: where they stood in the input, or all their columns"
  ),
  late: described(
    Schema.Struct({
      older_than: Duration.annotate({
        description: "An event is late that is so much older than the last one that was known before"
      }),
      to: withDefault(
        Schema.Literals(["apply", "quarantine"]),
        "apply",
        "Whether it counts like any other, or is rejected"
      )
    }).annotate({ expected: "a map such as { older_than: 30d, to: quarantine }" }),
    "With a state: what is done with events that come long after others"
  ),
  range: described(Range, "The dates that a run is about; left out, all of them"),
  sessions: described(Sessions, "How each user's events are cut; without rules one session a user"),
  users: described(Users, "One row a user: first and last event, and further columns"),
  tables: withDefault(Schema.Record(Schema.String, AnyTable), {}, "Further tables, by name"),
  checks: withDefault(Checks, [], "What is expected of what comes out"),
  reports: withDefault(Reports, {}, "Documents for people, by name: pages and Markdown with tables and charts"),
  outputs: withDefault(
    Schema.Record(Schema.String, Output),
    {},
    "What is written where, by the name of a table: sessions, events, users, duplicates, rejects, findings, history, or a declared one"
  ),
  console: described(Console, "What is printed"),
  steps: described(
    Schema.Record(Schema.String, Schema.Unknown),
    "Several jobs, one after the other: what stands here is said of each, unless it says it itself"
  )
}).annotate({ title: "Sojourn spec", description: "One job: raw events in, sessions and quarantine out" })
export type Spec = typeof Spec.Type
