import { Int64, type RecordBatch } from "apache-arrow"
import {
  columnData,
  doubleColumn,
  int64Column,
  int64Lanes,
  lanes,
  recordBatch,
  validRows
} from "../../arrow/Columns.ts"
import { TextBuilder } from "../../arrow/TextBuilder.ts"
import type { FunnelSteps as Plan } from "../../plan/Funnel.ts"
import { countColumn } from "../measure/Count.ts"
import { Quantile } from "../measure/Quantile.ts"
import { storeDifference } from "../../time/Int64.ts"
import type { TableState } from "../table/TableState.ts"

/** The steps of a funnel: how many came so far, and how long it took them. */
export class FunnelSteps implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly steps: ReadonlyArray<string>
  /** By step: how many reached it. */
  private readonly counts: Float64Array
  /** By step: microseconds from the one before. */
  private readonly median = new Quantile(0.5, new Int64())

  constructor({ steps }: Plan) {
    this.needs = steps
    this.steps = steps
    this.counts = new Float64Array(steps.length)
  }

  add(rows: RecordBatch): undefined {
    let earlier: Int32Array | undefined
    for (const [step, name] of this.steps.entries()) {
      const valid = validRows(columnData(rows, name))
      const times = int64Lanes(rows, name)
      const groupOf = new Int32Array(rows.numRows).fill(-1)
      const micros = new BigInt64Array(rows.numRows)
      const words = lanes(micros)
      for (let row = 0; row < groupOf.length; row++) {
        if (valid?.[row] === 0) continue
        this.counts[step]++
        if (earlier === undefined) continue
        groupOf[row] = step
        storeDifference(words, row, times, earlier)
      }
      this.median.add(groupOf, this.steps.length, [int64Column(micros)])
      earlier = times
    }
  }

  finish(): RecordBatch {
    const { counts, steps } = this
    const size = steps.length
    const names = new TextBuilder()
    for (const [step, name] of steps.entries()) names.setText(step, name)
    const medians = this.median.finish(size)
    const seconds = (medians.values as Float64Array).map((micros) => micros / 1e6)
    const rate = (of: (step: number) => number) =>
      doubleColumn(
        counts.map((count, step) => (of(step) > 0 ? count / of(step) : 0)),
        (step) => of(step) > 0
      )
    return recordBatch(
      [
        {
          name: "step",
          data: countColumn(
            counts.map((_, step) => step + 1),
            size
          )
        },
        { name: "name", data: names.take(size) },
        { name: "count", data: countColumn(counts, size) },
        { name: "rate_of_first", data: rate(() => counts[0]) },
        { name: "rate_of_previous", data: rate((step) => counts[step - 1] ?? 0) },
        {
          name: "dropped",
          data: countColumn(
            counts.map((count, step) => count - (counts[step + 1] ?? count)),
            size
          )
        },
        { name: "median_sec", data: doubleColumn(seconds, (step) => medians.getValid(step)) }
      ],
      size
    )
  }
}
