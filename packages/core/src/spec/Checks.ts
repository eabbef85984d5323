import * as Schema from "effect/Schema"
import { described, Expression, TextList, withDefault } from "./Key.ts"

const Columns = Schema.Union([Schema.String, Schema.NonEmptyArray(Schema.String)]).annotate({
  expected: "a column, or a list such as [user_id, session_start]"
})

const Limit = Schema.Union([Schema.Finite, Schema.String]).annotate({
  expected: "a number such as 100, a share such as 5%, 80% of previous, or for freshness a duration such as 2h"
})

const References = Schema.Struct({
  column: Schema.String.annotate({ description: "A column of the rows" }),
  table: Schema.String.annotate({ description: "The table that has to have its values" }),
  key: described(Schema.String, "The column of that table that has them (default: the one of the same name)")
}).annotate({ expected: "a map such as { column: user_id, table: users }" })

/** One expectation on what a run makes. What is expected is one of the keys from `expect` to `volume`. */
const Check = Schema.Struct({
  name: Schema.NonEmptyString.annotate({ description: "What its findings are called" }),
  on: described(Schema.String, "The table that is looked at: events, sessions, users, or one of tables"),
  expect: described(Expression, "What is true for every row"),
  not_null: described(Columns, "Columns that have a value in every row"),
  accepted: described(Schema.Record(Schema.String, TextList), "Columns and the values that they may have, or null"),
  unique: described(Columns, "Columns whose values together are in one row only; rows with a null do not count"),
  references: described(References, "A column whose values, unless null, are those of another table"),
  assert: described(Expression, "A condition on measures of all rows, or a number that has a limit"),
  rate: described(
    Expression,
    "The same of the counts of the run: read, accepted, rejected, filtered, unique, duplicates, conflicting, in_sessions, outside"
  ),
  per: described(Schema.Literal("input"), "Of each input file, too: rates of read, accepted, rejected and filtered"),
  freshness: described(Schema.String, "A column of times: how long before as_of its last one is"),
  volume: described(Schema.String, "A column of times or dates: how many rows each full day has"),
  at_most: described(Limit, "The largest value that is good; of rows that are not as expected, 0 unless given"),
  at_least: described(Limit, "The smallest value that is good"),
  severity: withDefault(Schema.Literals(["warn", "error"]), "error", "Whether the command fails for it")
}).annotate({ expected: "a map such as { name: no overlap, on: sessions, expect: … }" })

/** Expectations on what a run makes. */
export const Checks = Schema.Array(Check).annotate({ expected: "a list of checks" })
export type CheckSpec = typeof Check.Type
