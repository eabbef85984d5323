import type { Plan } from "../plan/Plan.ts"
import { mappedColumns } from "../plan/Tables.ts"
import { digest } from "../plugin/EventBatch.ts"
import { columnWords, nullKeys, KeyTable, sameWords } from "./KeyTable.ts"
import type { OrderedEvents } from "./OrderEvents.ts"

/** Which events stay, and what the others repeat. Row numbers of the events, in their order. */
export interface Deduped {
  readonly unique: Int32Array
  readonly duplicates: Int32Array
  /** For each duplicate, the row that stayed. */
  readonly firsts: Int32Array
  /** For each duplicate, 1 if it differs from that row in a mapped column outside the key. */
  readonly conflicting: Uint8Array
}

/**
 * Keeps the first event, in order, of each key: the user and the plan's columns. A null in a column of the key is
 * never a duplicate.
 */
export const dedupe = (plan: Pick<Plan, "validate" | "dedupe">, { ends, events }: OrderedEvents): Deduped => {
  const names = keyColumns(plan)
  const rows = events.numRows
  const unique = new Int32Array(rows)
  if (names === undefined) return { unique: unique.map((_, row) => row), ...none }
  const key = names.map((name) => columnWords(events, name))
  const rest = mappedColumns(plan)
    .filter(({ name }) => !names.includes(name))
    .map(({ name }) => columnWords(events, name))
  const keepsConflicts = plan.dedupe.key !== "record"

  const duplicates: Array<number> = []
  const firsts: Array<number> = []
  const conflicting: Array<number> = []
  const seen = new KeyTable(rows, key)
  const isNull = nullKeys(rows, key)
  let kept = 0
  let row = 0
  for (const end of ends) {
    seen.within(row, end)
    for (; row < end; row++) {
      const first = isNull?.[row] === 1 ? row : seen.first(row)
      if (first === row) unique[kept++] = row
      else {
        duplicates.push(row)
        firsts.push(first)
        conflicting.push(keepsConflicts && !sameWords(rest, row, first) ? 1 : 0)
      }
    }
  }
  return {
    unique: unique.subarray(0, kept),
    duplicates: Int32Array.from(duplicates),
    firsts: Int32Array.from(firsts),
    conflicting: Uint8Array.from(conflicting)
  }
}

const none = { duplicates: new Int32Array(0), firsts: new Int32Array(0), conflicting: new Uint8Array(0) }

const keyColumns = ({ dedupe: { key, ...rest }, validate }: Pick<Plan, "validate" | "dedupe">) => {
  const user = validate.user.name
  if (key === "none") return undefined
  if (key === "record") return [user, digest]
  if (key === "id") return [user, validate.id?.name ?? user]
  return [...new Set([user, ...("columns" in rest ? rest.columns : [])])]
}
