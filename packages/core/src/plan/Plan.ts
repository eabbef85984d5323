import * as Schema from "effect/Schema"
import { Tree, ValueType } from "../expression/Tree.ts"
import { Attribution } from "./Attribution.ts"
import { FunnelEntered, FunnelSteps } from "./Funnel.ts"
import { NamedTree } from "./NamedTree.ts"
import { checkOf } from "./Check.ts"
import { Report } from "./Report.ts"
import { Rule } from "./Rule.ts"

/**
 * A plan says exactly what is to be done, with every name resolved and every default filled in. It is data: it goes
 * through JSON and back unchanged, and any engine that carries it out gives the same result.
 */

const Format = Schema.NullOr(Schema.Struct({ name: Schema.String, options: Schema.Record(Schema.String, Schema.Json) }))
const Input = Schema.Struct({ uri: Schema.String, format: Format })

/** One value of each group of rows; expressions refer to it by name. */
const MeasureCall = Schema.Struct({
  name: Schema.String,
  measure: Schema.String,
  arguments: Schema.Array(Tree),
  parameter: Schema.optionalKey(Schema.Finite),
  filter: Schema.NullOr(Tree),
  type: ValueType
})

const WindowCall = Schema.Struct({
  name: Schema.String,
  window: Schema.Literals(["number", "rank", "next", "previous", "measure"]),
  argument: Schema.NullOr(Tree),
  measure: Schema.NullOr(MeasureCall),
  /** Null: over the rows of the user, in order. */
  over: Schema.NullOr(
    Schema.Struct({
      partition: Schema.Array(Tree),
      order: Schema.Array(Schema.Struct({ value: Tree, descending: Schema.Boolean }))
    })
  ),
  type: ValueType
})

/** Columns of groups of rows: expressions over measures and over what the groups have besides. */
const measured = { measures: Schema.Array(MeasureCall), columns: Schema.Array(NamedTree) }
export const Measured = Schema.Struct(measured)
export type Measured = typeof Measured.Type

/** A column of a scan: its name is the path of its field, as rejects show it. */
const ScanColumn = Schema.Struct({ name: Schema.String, path: Schema.String })

/** Read records: which inputs, which fields of them. */
export const Scan = Schema.Struct({
  /** `source`: which of several it is; `fields`: paths of columns that are others in its records. */
  inputs: Schema.Array(
    Schema.Struct({
      ...Input.fields,
      source: Schema.NullOr(Schema.String),
      fields: Schema.Record(Schema.String, Schema.String),
      /** What names the directories that each hold the records of their date. */
      partition: Schema.NullOr(Schema.String)
    })
  ),
  columns: Schema.Array(ScanColumn),
  digest: Schema.Boolean,
  max_record_bytes: Schema.Int
})

/** A file whose columns are joined to events: where its `key` is equal to `on`, the first row counts. */
export const Enrich = Schema.Struct({
  name: Schema.String,
  input: Input,
  scan: Schema.Array(ScanColumn),
  /** A column of the scan. */
  key: Schema.String,
  /** Text, over the mapped columns of an event. */
  on: Tree,
  /** Over the columns of the scan. */
  columns: Schema.Array(NamedTree)
})
export type Enrich = typeof Enrich.Type

/** Turn fields into typed columns, and reject the records that do not fit, for the first rule that fails. */
export const Validate = Schema.Struct({
  null_values: Schema.Array(Schema.String),
  /** Trees here are over the columns of the scan. */
  id: Schema.NullOr(NamedTree),
  /** Several values are a composite key. */
  user: Schema.Struct({ name: Schema.String, values: Schema.Array(Tree) }),
  /** Text in the format, or a timestamp. */
  time: Schema.Struct({ name: Schema.String, value: Tree, format: Schema.String, timezone: Schema.String }),
  type: Schema.NullOr(NamedTree),
  columns: Schema.Array(NamedTree),
  enrich: Schema.Array(Enrich),
  /** Accepted records for which it is not true are left out; over the mapped columns and those of enrich. */
  where: Schema.NullOr(Tree),
  /** Records may have no other field than those of the scan. */
  strict: Schema.Boolean,
  required: Schema.Array(Schema.String),
  allowed: Schema.Array(Schema.Struct({ column: Schema.String, values: Schema.Array(Schema.String) })),
  /** ISO 8601; null means 1990 and a day after `as_of`. */
  time_range: Schema.Struct({
    from: Schema.NullOr(Schema.String),
    to: Schema.NullOr(Schema.String),
    outside: Schema.Literals(["warn", "reject"])
  })
})
export type Validate = typeof Validate.Type

/** One order of a user's events: time, these columns, then place in the input or content. */
export const Order = Schema.Struct({
  columns: Schema.Array(Schema.String),
  tie: Schema.Literals(["position", "content"])
})
export type Order = typeof Order.Type

/** Which events of a user are the same; `within_micros`: how long after the one before, at most; else no matter. */
export const Dedupe = Schema.Union([
  Schema.Struct({
    key: Schema.Literals(["id", "record", "none"]),
    within_micros: Schema.optionalKey(Schema.Int)
  }),
  Schema.Struct({
    key: Schema.Literal("columns"),
    columns: Schema.Array(Schema.String),
    within_micros: Schema.optionalKey(Schema.Int)
  })
])
export type Dedupe = typeof Dedupe.Type

/** What is done with events that come long after others, where a state tells which came before. */
export const Late = Schema.Struct({
  /** So much before the last time that was known. */
  older_than_micros: Schema.Int,
  to: Schema.Literals(["apply", "quarantine"])
})

/** The dates that a run is about, as days since 1970-01-01 in the plan's timezone, both included; null: no limit. */
export const Range = Schema.Struct({ from: Schema.NullOr(Schema.Int), to: Schema.NullOr(Schema.Int) })
export type Range = typeof Range.Type

/** Cut each user's events into sessions. */
export const Sessionize = Schema.Struct({
  /** A column with given session ids: events of one user and id are a session. Null ids are cut by the rules. */
  by: Schema.NullOr(Schema.String),
  /** Events for which this holds open and extend no session, and join the one that holds them in time. */
  passive: Schema.NullOr(Tree),
  /** In the order in which they are asked: end, start, gap, max_duration, max_events, change, midnight. */
  rules: Schema.Array(Rule),
  /** Whether there are columns that depend on the user's other sessions. */
  numbering: Schema.Literals(["all", "none"]),
  ...measured
})
export type Sessionize = typeof Sessionize.Type

/** A table of rows, or of groups of rows. */
export const Table = Schema.Struct({
  kind: Schema.Literal("table"),
  name: Schema.String,
  /** `events`, `sessions`, `users`, or tables before this one; rows of several come one table after the other. */
  from: Schema.NonEmptyArray(Schema.String),
  where: Schema.NullOr(Tree),
  /** One row a group; else one row a row. */
  grouped: Schema.Boolean,
  by: Schema.Array(NamedTree),
  /** Only of a table that is not grouped. */
  windows: Schema.Array(WindowCall),
  ...measured,
  /** Over keys, measures and columns. */
  having: Schema.NullOr(Tree),
  /** After these, groups are ordered by their keys, nulls first, and rows stay as they were. */
  order: Schema.Array(Schema.Struct({ column: Schema.String, descending: Schema.Boolean })),
  limit: Schema.NullOr(Schema.Int)
})
export type Table = typeof Table.Type

/** Groups of rows, each compared with all others. */
const Compare = Schema.Struct({
  kind: Schema.Literal("compare"),
  name: Schema.String,
  from: Schema.String,
  where: Schema.NullOr(Tree),
  /** What is counted; rows for which it is null do not count. */
  success: Tree,
  /** The column of users of whom only the first row counts; null where every row counts. */
  first_of: Schema.NullOr(Schema.String),
  /** Over the rows that count, with what `success` is for them as a column. */
  groups: Table
})
export type Compare = typeof Compare.Type

/** A table that a spec declares. */
export const AnyTable = Schema.Union([Table, FunnelEntered, FunnelSteps, Compare, Attribution])
export type AnyTable = typeof AnyTable.Type

/** What is looked at when all tables are made. */
export const Check = checkOf(Table)
export type Check = typeof Check.Type
export type CheckKind<Kind extends Check["check"]> = Extract<Check, { readonly check: Kind }>

export const Write = Schema.Struct({
  /** Its name in the spec, which its parts share if it is a document. */
  output: Schema.String,
  table: Schema.String,
  /** With `partition` a directory, else a file. */
  uri: Schema.String,
  format: Format,
  columns: Schema.Array(Schema.String),
  /** Columns, of those above, whose values name the directories that the rows are divided into. */
  partition: Schema.Array(Schema.String),
  /** Of a JSON document, in the order in which its members stand there: the name of this one, and whether it is the last. */
  member: Schema.NullOr(Schema.Struct({ name: Schema.String, last: Schema.Boolean }))
})
export type Write = typeof Write.Type

/** What is printed for a person: the run's summary, or rows of a table. */
const Printed = Schema.Union([
  Schema.Literal("summary"),
  Schema.Struct({ table: Schema.String, columns: Schema.Array(Schema.String), rows: Schema.Int })
])

/** `summary`: what stands in place of the summary; `tables`: besides it. */
export const Print = Schema.Struct({ summary: Schema.Array(Printed), tables: Schema.Array(Printed) })
export type Print = typeof Print.Type

export const Plan = Schema.Struct({
  version: Schema.Literal(1),
  name: Schema.String,
  timezone: Schema.String,
  /** Modules with further formats: as the spec names them, or, once they are found, where they are. */
  plugins: Schema.Array(Schema.String),
  scan: Scan,
  validate: Validate,
  order: Order,
  dedupe: Dedupe,
  late: Schema.NullOr(Late),
  /** Null where it is about all. */
  range: Schema.NullOr(Range),
  sessionize: Schema.NullOr(Sessionize),
  /** Columns of users over their unique events; null where no table of users is made. */
  users: Schema.NullOr(Measured),
  tables: Schema.Array(AnyTable),
  checks: Schema.Array(Check),
  reports: Schema.Array(Report),
  /** What a run must bind to a value. */
  bindings: Schema.Array(Schema.String),
  write: Schema.Array(Write),
  /** Null where nothing is said about it. */
  print: Schema.NullOr(Print)
})
export type Plan = typeof Plan.Type
