import type { Tree, ValueType } from "./Tree.ts"

/** A look at the neighbouring rows of a user, in order. */
export interface WindowCall {
  /** `$w0`, `$w1`, …: the column that stands for it in the rest of the expression. */
  readonly name: string
  /** The number of the row, from 1; or the value of the row after it or before it, null where there is none. */
  readonly window: "number" | "next" | "previous"
  readonly argument: Tree | null
  readonly type: ValueType
}
