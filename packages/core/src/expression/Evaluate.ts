import type { Data, RecordBatch } from "apache-arrow"
import { columnData, textView } from "../arrow/Columns.ts"
import { toArrow } from "./Output.ts"
import { type Cause, compileProgram, type Step } from "./Program.ts"
import type { Tree } from "./Tree.ts"
import { kindOf, type Values } from "./Values.ts"

/** Rows whose value could not be computed: a cast that did not fit, an integer beyond 64 bits. */
export interface Failed {
  /** Ascending. */
  readonly rows: Int32Array
  /** Why, for each of `rows`. */
  readonly causes: ReadonlyArray<Cause>
  /** Why, for the first of them. */
  readonly reason: string
  readonly column: string | null
}

/** The value of an expression for every row of a batch. */
export interface Evaluated {
  /**
   * Text and json as `Dictionary<Utf8, Int32>`, bool, int64, double, `Timestamp(MICROSECOND, UTC)`, `Date(DAY)`,
   * interval as `Duration(MICROSECOND)`; lists as they came. A row that failed is null.
   */
  readonly data: Data
  /** The texts are JSON tokens. */
  readonly json: boolean
  readonly failed: Failed | undefined
}

/**
 * Compiles an expression once, to be evaluated on any number of batches that have its columns. `bindings` are the
 * values of `${NAME}`; `timezone` decides dates and hours. Between batches the function keeps nothing that shows.
 */
export const compileExpression = (
  tree: Tree,
  bindings: ReadonlyMap<string, string>,
  timezone: string
): ((batch: RecordBatch) => Evaluated) => {
  const { causes, steps } = compileProgram(tree, bindings, timezone)
  return (batch) => {
    const own = ownText(tree, batch)
    if (own !== undefined) return { data: own, json: tree.type === "json", failed: undefined }
    const whole = runSteps(steps, batch)
    return {
      data: toArrow(whole, tree.type, batch.numRows),
      json: tree.type === "json",
      failed: failures(whole, causes, batch.numRows)
    }
  }
}

/** A column of text that is wanted as it is: it need not be made again. */
const ownText = (tree: Tree, batch: RecordBatch): Data | undefined => {
  if (tree.kind !== "column" || kindOf[tree.type] !== "text") return undefined
  const data = columnData(batch, tree.name)
  const { codes, json } = textView(batch, tree.name)
  return codes.buffer === data.values?.buffer && json === (tree.type === "json") ? data : undefined
}

/** The last step's values. Those of the others are let go after their last use: a batch may be large. */
const runSteps = (steps: ReadonlyArray<Step>, batch: RecordBatch): Values => {
  const values = new Map<number, Values>()
  let whole: Values | undefined
  for (const [number, { inputs, last, run }] of steps.entries()) {
    whole = run(
      inputs.map((input) => values.get(input) as Values),
      batch
    )
    for (const input of last) values.delete(input)
    values.set(number, whole)
  }
  return whole as Values
}

const failures = ({ failed, mask }: Values, causes: ReadonlyArray<Cause>, rows: number): Failed | undefined => {
  if (failed === undefined) return undefined
  const found: Array<number> = []
  for (let i = 0; i < rows; i++) if (failed[i & mask] !== 0) found.push(i)
  if (found.length === 0) return undefined
  const why = found.map((row) => causes[failed[row & mask] - 1])
  return { rows: Int32Array.from(found), causes: why, ...why[0] }
}
