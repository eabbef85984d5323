import { measureTrees, type MeasureCall } from "./MeasureCall.ts"
import type { Tree, ValueType } from "./Tree.ts"

/** A look at other rows: at those of the same user, in order, or at those that are equal in something. */
export interface WindowCall {
  /** `$w0`, `$w1`, …: the column that stands for it in the rest of the expression. */
  readonly name: string
  /**
   * The number of the row, from 1; its rank, from 1, where rows that are equal have the same; the value of the row after
   * it or before it, null where there is none; or a measure over all of the rows.
   */
  readonly window: "number" | "rank" | "next" | "previous" | "measure"
  readonly argument: Tree | null
  readonly measure: MeasureCall | null
  /** Which rows are looked at, and in which order; null: those of the user. */
  readonly over: Over | null
  readonly type: ValueType
}

export interface Over {
  /** Rows that are equal in these belong together, null to null. */
  readonly partition: ReadonlyArray<Tree>
  /** Nulls first, or last where it is descending; rows that are equal stay as they were. */
  readonly order: ReadonlyArray<{ readonly value: Tree; readonly descending: boolean }>
}

/** All trees that a call evaluates on rows. */
export const windowTrees = ({ argument, measure, over }: WindowCall): ReadonlyArray<Tree> => [
  ...(argument === null ? [] : [argument]),
  ...(measure === null ? [] : measureTrees(measure)),
  ...(over === null ? [] : [...over.partition, ...over.order.map(({ value }) => value)])
]
