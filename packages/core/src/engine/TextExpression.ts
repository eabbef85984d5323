import type { Data } from "apache-arrow"
import { recordBatch, textColumn, type TextView } from "../arrow/Columns.ts"
import { TextPool } from "../arrow/TextPool.ts"
import { compileExpression } from "../expression/Evaluate.ts"
import type { Cause } from "../expression/Program.ts"
import type { Tree } from "../expression/Tree.ts"
import { columnsOf } from "../expression/TreeNames.ts"
import type { FieldProblem } from "./Failures.ts"
import { textOfData } from "./ValueCodes.ts"

/**
 * An expression that makes text, or JSON, of the text of one field, and null of null, such as `data::json`. What comes of
 * a text depends on nothing else, so that every distinct text is evaluated once and not once a record.
 */
export interface TextExpression {
  /** The field that it is made from. */
  readonly field: string
  /** What was wrong with texts so far. The list grows, and a number in it keeps its meaning. */
  readonly problems: ReadonlyArray<FieldProblem>
  /** What texts come to; of those that it cannot be computed for, the number of the problem by row. */
  readonly evaluate: (texts: Data) => { readonly values: TextView; readonly failed: ReadonlyMap<number, number> }
}

/** Undefined where more than one text decides, or something comes of null. `name`: of the value, for rejects. */
export const makeTextExpression = (
  tree: Tree,
  name: string,
  timezone: string,
  bindings: ReadonlyMap<string, string>
): TextExpression | undefined => {
  const [field, ...others] = columnsOf(tree)
  if (field === undefined || others.length > 0) return undefined
  const compiled = compileExpression(tree, bindings, timezone)
  const ofField = (data: Data) => compiled(recordBatch([{ name: field, data }], data.length))
  const ofNull = ofField(textColumn(Int32Array.of(-1), new TextPool().vector()))
  if (ofNull.failed !== undefined || ofNull.data.nullCount === 0) return undefined
  const problems: Array<FieldProblem> = []
  const numberOf = ({ column, reason: why }: Cause): number => {
    const at = column ?? name
    const reason = `${why} for ${at}`
    const known = problems.findIndex((one) => one.reason === reason)
    return known < 0 ? problems.push({ code: "field.type", reason, field: at }) - 1 : known
  }
  return {
    field,
    problems,
    evaluate: (texts) => {
      const { data, failed } = ofField(texts)
      const numbers = new Map<number, number>()
      for (const [i, cause] of failed?.causes.entries() ?? []) numbers.set(failed?.rows[i] ?? -1, numberOf(cause))
      return { values: textOfData(data), failed: numbers }
    }
  }
}
