import { Bool, type Data, makeData } from "apache-arrow"
import { boolColumn, nullsOf } from "../../arrow/Columns.ts"
import { type MeasureState, present } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"
import { boolValues } from "./Slots.ts"

/** `any(x)` and `all(x)`: whether one value, or every value, is true; nulls are skipped. */
export class Logic implements MeasureState {
  /** The value that decides: true for `any`, false for `all`. */
  private readonly decisive: 0 | 1
  private readonly kind: "any" | "all"
  private seen = new Uint8Array(0)
  private decided = new Uint8Array(0)

  constructor(kind: "any" | "all") {
    this.kind = kind
    this.decisive = kind === "any" ? 1 : 0
  }

  add(groupOf: Int32Array, groups: number, [data]: ReadonlyArray<Data>): void {
    this.reserve(groups)
    const counted = present(groupOf, data)
    const values = boolValues(data)
    for (let i = 0; i < counted.length; i++) {
      const group = counted[i]
      if (group < 0) continue
      this.seen[group] = 1
      if (values[i] === this.decisive) this.decided[group] = 1
    }
  }

  merge({ decided, seen }: this, groupOf: Int32Array, groups: number): void {
    this.reserve(groups)
    for (let i = 0; i < groupOf.length && i < seen.length; i++) {
      this.seen[groupOf[i]] |= seen[i]
      this.decided[groupOf[i]] |= decided[i]
    }
  }

  finish(groups: number): Data {
    this.reserve(groups)
    const { decided, kind, seen } = this
    const { values } = boolColumn(groups, (group) => (decided[group] === 1) === (kind === "any"))
    const nulls = nullsOf(Int32Array.from({ length: groups }, (_, group) => seen[group] - 1))
    return makeData({ type: new Bool(), length: groups, ...nulls, data: values })
  }

  private reserve(groups: number): void {
    this.seen = reserved(this.seen, groups)
    this.decided = reserved(this.decided, groups)
  }
}
