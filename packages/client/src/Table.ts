import * as Schema from "effect/Schema"

export const Column = Schema.Struct({ name: Schema.String, type: Schema.String })

/** A table of a run's results. */
export const Table = Schema.Struct({
  name: Schema.String,
  rows: Schema.Int,
  columns: Schema.Array(Column),
  shown: Schema.Array(Schema.String).annotate({ description: "The columns of pages and downloads that name none" })
})
export type Table = typeof Table.Type

/**
 * A row by column: timestamps and dates as text, an int64 beyond 2^53 as text, lists as lists, null where there is no
 * value.
 */
export const Row = Schema.Record(Schema.String, Schema.Json)
export type Row = typeof Row.Type

/** Some rows of a table. */
export const Page = Schema.Struct({
  columns: Schema.Array(Column),
  rows: Schema.Array(Row),
  next: Schema.NullOr(Schema.String).annotate({ description: "`after` of the next page; null when this is the last" }),
  matched: Schema.NullOr(Schema.Int).annotate({ description: "How many rows the filter keeps, if `count` asks for it" })
})
export type Page = typeof Page.Type

const Expression = Schema.NonEmptyString
const Named = Schema.Record(Schema.String, Expression)

/** A table as specs have them under `tables`: groups, and measures of each. */
export const AggregateRequest = Schema.Struct({
  from: Schema.NonEmptyString.annotate({ description: "events, sessions, users, or a table of the spec" }),
  where: Schema.optionalKey(Expression),
  by: Schema.optionalKey(Schema.Array(Schema.Union([Expression, Named]))),
  columns: Named,
  having: Schema.optionalKey(Expression),
  order: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 }))
})
export type AggregateRequest = typeof AggregateRequest.Type

/** The rows of such a table. */
export const Aggregate = Schema.Struct({ columns: Schema.Array(Column), rows: Schema.Array(Row) })
export type Aggregate = typeof Aggregate.Type

/** One session, why it began and ended, and its events. */
export const SessionView = Schema.Struct({
  session: Row,
  began: Schema.String.annotate({ description: "The cause that opened it: first, gap, start, change:device, …" }),
  ended: Schema.NullOr(Schema.String).annotate({
    description: "The cause that opened the user's next session; null where there is none"
  }),
  events: Page
})
