import type { Data } from "apache-arrow"
import { type MeasureState, present } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"
import { makeSlots, type Slots } from "./Slots.ts"

/** `min(x)` and `max(x)`: text by UTF-8 bytes, false before true. */
export class Extreme implements MeasureState {
  private readonly sign: 1 | -1
  private readonly slots: Slots
  private found = new Uint8Array(0)

  /** `type`: of the values. */
  constructor(kind: "min" | "max", type: Data["type"]) {
    this.sign = kind === "min" ? 1 : -1
    this.slots = makeSlots(type)
  }

  add(groupOf: Int32Array, groups: number, [data]: ReadonlyArray<Data>): void {
    const counted = present(groupOf, data)
    this.slots.load(data, counted)
    this.take(counted, groups)
  }

  merge({ found, slots }: this, groupOf: Int32Array, groups: number): void {
    this.slots.loadSlots(slots)
    this.take(
      groupOf.map((group, i) => (found[i] === 1 ? group : -1)),
      groups
    )
  }

  finish(groups: number): Data {
    this.reserve(groups)
    return this.slots.column(groups, this.found)
  }

  private take(groupOf: Int32Array, groups: number): void {
    this.reserve(groups)
    const { found, sign, slots } = this
    for (let i = 0; i < groupOf.length; i++) {
      const group = groupOf[i]
      if (group < 0) continue
      if (found[group] === 0) found[group] = 1
      else if (sign * slots.compare(i, group) >= 0) continue
      slots.set(group, i)
    }
  }

  private reserve(groups: number): void {
    this.found = reserved(this.found, groups)
    this.slots.reserve(groups)
  }
}
