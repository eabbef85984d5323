import * as Schema from "effect/Schema"
import { MeasureTree } from "../spec/Measure.ts"

/**
 * A plan says exactly what is to be done, with every name resolved and every default filled in. It is data: it goes
 * through JSON and back unchanged, and any engine that carries it out gives the same result.
 */

/** How a value is made from the columns of a scan. */
export const Expression = Schema.Struct({ column: Schema.String })
export type Expression = typeof Expression.Type

const Format = Schema.NullOr(Schema.Struct({ name: Schema.String, options: Schema.Record(Schema.String, Schema.Json) }))
const NamedExpression = Schema.Struct({ name: Schema.String, value: Expression })
const NamedMeasure = Schema.Struct({ name: Schema.String, value: MeasureTree })

/** Read records: which inputs, which fields of them. */
export const Scan = Schema.Struct({
  inputs: Schema.Array(Schema.Struct({ uri: Schema.String, format: Format })),
  /** A column's name is the path of its field, as rejects show it. */
  columns: Schema.Array(Schema.Struct({ name: Schema.String, path: Schema.String })),
  digest: Schema.Boolean,
  max_record_bytes: Schema.Int
})

/** Turn fields into typed columns, and reject the records that do not fit, for the first rule that fails. */
export const Validate = Schema.Struct({
  null_values: Schema.Array(Schema.String),
  id: Schema.NullOr(NamedExpression),
  /** Several values are a composite key. */
  user: Schema.Struct({ name: Schema.String, values: Schema.Array(Expression) }),
  time: Schema.Struct({ name: Schema.String, value: Expression, format: Schema.String, timezone: Schema.String }),
  type: Schema.NullOr(NamedExpression),
  columns: Schema.Array(NamedExpression),
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

/** Which events of a user are the same. */
export const Dedupe = Schema.Union([
  Schema.Struct({ key: Schema.Literals(["id", "record", "none"]) }),
  Schema.Struct({ key: Schema.Literal("columns"), columns: Schema.Array(Schema.String) })
])
export type Dedupe = typeof Dedupe.Type

/** A rule is one step over a user's ordered events: state and event give the next state and a cause, or none. */
export const Rule = Schema.Struct({
  rule: Schema.Literal("gap"),
  micros: Schema.Int,
  boundary: Schema.Literals(["merge", "split"])
})
export type Rule = typeof Rule.Type

export const Sessionize = Schema.Struct({
  rules: Schema.Array(Rule),
  /** Measures over a session's events. */
  columns: Schema.Array(NamedMeasure)
})
export type Sessionize = typeof Sessionize.Type

export const Aggregate = Schema.Struct({
  name: Schema.String,
  from: Schema.Literals(["events", "sessions"]),
  by: Schema.Array(Schema.String),
  columns: Schema.Array(NamedMeasure)
})
export type Aggregate = typeof Aggregate.Type

export const Write = Schema.Struct({
  table: Schema.String,
  uri: Schema.String,
  format: Format,
  columns: Schema.Array(Schema.String)
})
export type Write = typeof Write.Type

export const Plan = Schema.Struct({
  version: Schema.Literal(1),
  name: Schema.String,
  timezone: Schema.String,
  scan: Scan,
  validate: Validate,
  order: Order,
  dedupe: Dedupe,
  sessionize: Schema.NullOr(Sessionize),
  tables: Schema.Array(Aggregate),
  write: Schema.Array(Write)
})
export type Plan = typeof Plan.Type
