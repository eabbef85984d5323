import type { RecordBatch } from "apache-arrow"
import type { NamedColumn } from "../arrow/Columns.ts"
import type { MeasureCall } from "../expression/MeasureCall.ts"
import type { Evaluate, Expressions } from "./Expressions.ts"
import { makeMeasure } from "./measure/makeMeasure.ts"
import type { MeasureState } from "./measure/MeasureState.ts"

interface Measured {
  readonly name: string
  readonly state: MeasureState
  readonly filter: ReturnType<Expressions["condition"]> | undefined
  readonly values: ReadonlyArray<Evaluate>
}

/** Measures of groups of rows, all at once. Throws `ExpressionFailed` and `IntegerOverflow`. */
export class GroupMeasures {
  private readonly measured: ReadonlyArray<Measured>

  /** `place`: where the measures stand, for errors. */
  constructor(calls: ReadonlyArray<MeasureCall>, expressions: Expressions, place: string) {
    // Equal conditions are one.
    const filters = new Map<string, NonNullable<Measured["filter"]>>()
    const filterOf = (tree: NonNullable<MeasureCall["filter"]>) => {
      const key = JSON.stringify(tree)
      const filter = filters.get(key) ?? expressions.condition(tree, place)
      filters.set(key, filter)
      return filter
    }
    this.measured = calls.map((call) => ({
      name: call.name,
      state: makeMeasure(call),
      filter: call.filter === null ? undefined : filterOf(call.filter),
      values: call.arguments.map((tree) => expressions.compile(tree, place))
    }))
  }

  /** Adds rows, in order. `groupOf`: by row, its group below `groups`; -1 where it is in none. */
  add(batch: RecordBatch, groupOf: Int32Array, groups: number): void {
    const held = new Map<Measured["filter"], Int32Array>([[undefined, groupOf]])
    for (const { filter, state, values } of this.measured) {
      const counted = held.get(filter) ?? filter?.(batch, groupOf) ?? groupOf
      held.set(filter, counted)
      state.add(
        counted,
        groups,
        values.map((evaluate) => evaluate(batch, counted).data)
      )
    }
  }

  /** Takes in what was measured of later rows, whose group `g` is the group `groupOf[g]` here. */
  merge(later: GroupMeasures, groupOf: Int32Array, groups: number): void {
    for (const [i, { state }] of this.measured.entries()) state.merge(later.measured[i].state, groupOf, groups)
  }

  /** A column a measure, one row a group. */
  finish(groups: number): ReadonlyArray<NamedColumn> {
    return this.measured.map(({ name, state }) => ({ name, data: state.finish(groups) }))
  }
}
