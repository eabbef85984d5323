import type { RecordBatch } from "apache-arrow"
import * as Result from "effect/Result"
import { checkExpression } from "../expression/Check.ts"
import type { ExpressionError } from "../expression/ExpressionError.ts"
import { parseExpression } from "../expression/Parse.ts"
import type { TableColumns } from "../plan/Tables.ts"
import { columnText } from "../spec/Column.ts"
import { Expressions } from "./Expressions.ts"

/** The rows of a batch for which a condition holds, ascending. Throws {@link ExpressionFailed}. */
export type RowCondition = (batch: RecordBatch) => Int32Array

/**
 * Compiles a condition over the columns of a table, such as `event_count > 3`: the language of `where` in a spec, without
 * parameters. `timezone` decides dates and hours.
 */
export const rowCondition = (
  text: string,
  columns: TableColumns,
  timezone: string
): Result.Result<RowCondition, ExpressionError> => {
  const types = new Map(columns.map(({ name, type }) => [name, type]))
  const scope = {
    resolve: (path: ReadonlyArray<string>) => {
      const name = path.join(".")
      const type = types.get(name)
      return type && { name, type }
    },
    names: columns.map(({ name }) => columnText(name)),
    allow: { measures: false, windows: false, over: false },
    bindings: () => false,
    type: "bool" as const
  }
  return Result.map(
    Result.flatMap(parseExpression(text), (syntax) => checkExpression(syntax, scope)),
    ({ tree }) => {
      const holds = new Expressions(timezone, new Map()).condition(tree, "filter")
      return (batch) =>
        holds(
          batch,
          Int32Array.from({ length: batch.numRows }, (_, row) => row)
        ).filter((row) => row >= 0)
    }
  )
}
