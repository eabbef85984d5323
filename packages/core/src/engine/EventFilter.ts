import type { RecordBatch } from "apache-arrow"
import { isJson, recordBatch } from "../arrow/Columns.ts"
import { compileExpression, type Evaluated } from "../expression/Evaluate.ts"
import type { Tree } from "../expression/Tree.ts"
import type { Validate } from "../plan/Plan.ts"
import type { Problem } from "./Failures.ts"
import type { Lookup } from "./Lookup.ts"
import { boolValues } from "./measure/Slots.ts"
import { fieldOf } from "./RecordFields.ts"
import { selectBatch } from "./Rows.ts"

/** What validation is given besides the plan. */
export interface ValidateContext {
  /** The values of `${NAME}`. */
  readonly bindings: ReadonlyMap<string, string>
  /** One for each entry of the plan's enrich. */
  readonly lookups: ReadonlyArray<Lookup>
}

/** Events after what files add to them and what the plan leaves out. */
export interface Filtered {
  readonly events: RecordBatch
  /** How many were left out. */
  readonly filtered: number
}

/** Told of an event for which a condition or a key cannot be computed. */
type OnFailed = (row: number, problem: Problem & { readonly field: string }) => void

/** Makes the function that joins files to events and leaves out those that the plan does not want. */
export const makeEventFilter = (
  { enrich, where }: Pick<Validate, "enrich" | "where">,
  timezone: string,
  { bindings, lookups }: ValidateContext
): ((events: RecordBatch, onFailed: OnFailed) => Filtered) => {
  if (lookups.length !== enrich.length) throw new Error("there must be a lookup for each entry of enrich")
  const keys = enrich.map(({ on }) => compileExpression(on, bindings, timezone))
  const holds = where === null ? undefined : compileExpression(where, bindings, timezone)
  return (events, onFailed) => {
    if (enrich.length === 0 && holds === undefined) return { events, filtered: 0 }
    const failed = new Uint8Array(events.numRows)
    const checked = (tree: Tree, value: Evaluated, name: string): Evaluated => {
      for (const [i, row] of value.failed?.rows.entries() ?? []) {
        if (failed[row] === 1) continue
        failed[row] = 1
        const reason = `${value.failed?.causes[i].reason ?? ""} for ${fieldOf(tree, name)}`
        onFailed(row, { code: "field.type", reason, field: value.failed?.causes[i].column ?? name })
      }
      return value
    }
    const joined = enrich.flatMap(({ name, on }, i) => lookups[i].join(checked(on, keys[i](events), name).data))
    const own = events.schema.fields.map((field, i) => ({
      name: field.name,
      data: events.data.children[i],
      json: isJson(field)
    }))
    const whole = joined.length === 0 ? events : recordBatch([...own, ...joined], events.numRows)
    const truth = where === null || holds === undefined ? undefined : checked(where, holds(whole), "where").data
    const truths = truth && boolValues(truth)
    let filtered = 0
    const kept: Array<number> = []
    for (let row = 0; row < whole.numRows; row++) {
      if (failed[row] === 1) continue
      if (truths === undefined || (truths[row] === 1 && truth?.getValid(row))) kept.push(row)
      else filtered++
    }
    return { events: kept.length === whole.numRows ? whole : selectBatch(whole, Int32Array.from(kept)), filtered }
  }
}
