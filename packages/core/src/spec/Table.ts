import * as Schema from "effect/Schema"
import { described, Expression, Expressions, withDefault } from "./Key.ts"

/** What makes a group. */
export const Keys = Schema.Array(
  Schema.Union([Expression, Expressions]).annotate({ expected: "a column, an expression, or { name: expression }" })
).annotate({ expected: "a list such as [date, { week: date_trunc('week', session_start) }]" })
export const By = withDefault(Keys, [], "What makes a group; none is one group of all rows")

/** A table made from the rows of another one. */
export const Table = Schema.Struct({
  from: Schema.Union([Schema.String, Schema.NonEmptyArray(Schema.String)]).annotate({
    expected: "a table, or a list of tables",
    description:
      "The table whose rows are taken: events, sessions, users, rejects, or one declared before; of a list, one after the other"
  }),
  where: described(Expression, "Only rows for which this is true"),
  by: By,
  columns: described(
    Expressions,
    "Expressions with measures over the rows of a group; without by and measures, of each row (default: all of its columns)"
  ),
  add: described(Expressions, "Further columns of each row, besides all that it has: in place of columns"),
  having: described(Expression, "Only groups for which this is true"),
  order: withDefault(
    Schema.Array(Schema.String).annotate({ expected: 'a list such as [date, "sessions desc"]' }),
    [],
    "Columns that order the rows, each with asc or desc after it"
  ),
  limit: described(
    Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)).annotate({ expected: "a whole number from 1" }),
    "The first rows only"
  )
}).annotate({ expected: "a map such as { from: sessions, by: [date], columns: { sessions: count(*) } }" })
export type Table = typeof Table.Type
