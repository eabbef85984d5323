import * as Schema from "effect/Schema"
import { described, Expression, Expressions, withDefault } from "./Key.ts"
import { Keys } from "./Table.ts"

/** Each group of rows against all others. */
const Compare = Schema.Struct({
  from: Schema.String.annotate({
    description: "The table whose rows are taken: events, sessions, users, or a table declared before"
  }),
  success: Expression.annotate({
    description: "What is counted: a condition on rows; rows for which it is null do not count"
  }),
  by: Keys.annotate({ description: "What makes a group" }),
  where: described(Expression, "Only rows for which this is true"),
  per: withDefault(
    Schema.Literals(["user", "row"]),
    "user",
    "Whether only the first row of each user counts, or every row: rows of one user are not independent"
  ),
  columns: withDefault(Expressions, {}, "Further columns: expressions with measures over the rows of a group"),
  having: described(Expression, "Only groups for which this is true: the rows of others are in no comparison")
}).annotate({ expected: "a map such as { from: sessions, by: [device], success: event_count = 1 }" })
export type Compare = typeof Compare.Type

/** A table with a row a group. */
export const CompareTable = Schema.Struct({
  compare: Compare.annotate({ description: "Each group of rows against all others, with tests of the difference" })
})
