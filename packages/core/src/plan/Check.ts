import * as Schema from "effect/Schema"
import { Tree, ValueType } from "../expression/Tree.ts"

/** What a value may be. */
const Limit = Schema.Struct({
  bound: Schema.Literals(["at_least", "at_most"]),
  amount: Schema.Finite,
  /** `share`: percent of the rows, for volume of the days before; `previous`: percent of what the run before found. */
  of: Schema.Literals(["number", "share", "previous"])
})
export type Limit = typeof Limit.Type

const Column = Schema.Struct({ name: Schema.String, type: ValueType })

/** An expectation on what a run makes. `Table`: of a table of a plan. */
export const checkOf = <T extends Schema.Top>(Table: T) => {
  const about = {
    name: Schema.String,
    severity: Schema.Literals(["warn", "error"]),
    limits: Schema.Array(Limit)
  }
  /** Counts rows of a table, and keeps the first ones that are not as expected, with the columns `shown`. */
  const rows = { ...about, table: Schema.String, shown: Schema.Array(Schema.String) }
  /** Looks at one table that is made from the rows of `table`. */
  const made = { ...about, table: Schema.String, rows: Table }
  return Schema.Union([
    Schema.Struct({ check: Schema.Literal("expect"), ...rows, holds: Tree }),
    Schema.Struct({ check: Schema.Literal("unique"), ...rows, columns: Schema.Array(Column) }),
    /** `shown` is the column and nothing else. */
    Schema.Struct({
      check: Schema.Literal("references"),
      ...rows,
      to: Schema.Struct({ table: Schema.String, column: Schema.String }),
      type: ValueType
    }),
    /** One row: `value`, `n`, and, where `condition` says something of a number, that number as `measured`. */
    Schema.Struct({ check: Schema.Literal("assert"), ...made, condition: Schema.String }),
    /** One row: `last` and `n`. */
    Schema.Struct({ check: Schema.Literal("freshness"), ...made }),
    /** One row a day, in order: `day` and `n`. */
    Schema.Struct({ check: Schema.Literal("volume"), ...made }),
    /** Trees over the counts of a run; `measured` and `condition` as above. */
    Schema.Struct({
      check: Schema.Literal("rate"),
      ...about,
      value: Tree,
      measured: Schema.NullOr(Tree),
      condition: Schema.String,
      per_input: Schema.Boolean
    })
  ])
}
