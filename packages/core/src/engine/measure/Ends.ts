import type { Data } from "apache-arrow"
import { validRows } from "../../arrow/Columns.ts"
import { selectRows } from "../Rows.ts"
import type { MeasureState } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"
import { makeSlots, type Slots } from "./Slots.ts"

/** What a group has: no row yet, a null, or a value. */
const Found = { nothing: 0, value: 1, null: 2 } as const

/** `first(x)` and `last(x)`, nulls included. The order of rows matters. */
export class Ends implements MeasureState {
  private readonly kind: "first" | "last"
  private readonly slots: Slots
  private found = new Uint8Array(0)

  /** `type`: of the values. */
  constructor(kind: "first" | "last", type: Data["type"]) {
    this.kind = kind
    this.slots = makeSlots(type)
  }

  add(groupOf: Int32Array, groups: number, [data]: ReadonlyArray<Data>): void {
    this.reserve(groups)
    const decisive = this.decisive(groupOf, groups)
    const values = selectRows(data, decisive.rows)
    this.slots.load(values, decisive.groups)
    const valid = validRows(values)
    for (let i = 0; i < decisive.rows.length; i++) this.put(decisive.groups[i], i, valid?.[i] === 0)
  }

  merge({ found, slots }: this, groupOf: Int32Array, groups: number): void {
    this.reserve(groups)
    this.slots.loadSlots(slots)
    for (const [i, group] of groupOf.entries()) {
      if (found[i] === Found.nothing || found[i] === undefined) continue
      if (this.kind === "last" || this.found[group] === Found.nothing) this.put(group, i, found[i] === Found.null)
    }
  }

  finish(groups: number): Data {
    this.reserve(groups)
    return this.slots.column(groups, this.found)
  }

  /** The rows that decide, and their groups: so that a value need not be looked at that is not the end of a group. */
  private decisive(groupOf: Int32Array, groups: number) {
    const isFirst = this.kind === "first"
    const seen = isFirst ? this.found.slice(0, groups) : new Uint8Array(groups)
    const rows = new Int32Array(groups)
    const ends = new Int32Array(groups)
    let count = 0
    for (let n = 0; n < groupOf.length; n++) {
      const row = isFirst ? n : groupOf.length - 1 - n
      const group = groupOf[row]
      if (group < 0 || seen[group] !== 0) continue
      seen[group] = 1
      rows[count] = row
      ends[count++] = group
    }
    return { rows: rows.subarray(0, count), groups: ends.subarray(0, count) }
  }

  private put(group: number, row: number, isNull: boolean): void {
    this.found[group] = isNull ? Found.null : Found.value
    if (!isNull) this.slots.set(group, row)
  }

  private reserve(groups: number): void {
    this.found = reserved(this.found, groups)
    this.slots.reserve(groups)
  }
}
