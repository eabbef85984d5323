import type { RecordBatch } from "apache-arrow"
import { doubleColumn, int64Column, recordBatch, timestampColumn } from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"

/** What became of the records of one input. */
export interface InputCounts {
  readonly source: string
  readonly records: number
  readonly rejected: number
  readonly duplicates: number
}

/** A run among others, for the table of inputs: its name, and when it began and ended, int64 microseconds since 1970. */
export interface RunMark {
  readonly id: string
  readonly startedMicros: number
  readonly finishedMicros: number
}

/** The table `inputs`: one row an input, in the order in which they were read. Without a mark its columns are null. */
export const inputTable = (inputs: ReadonlyArray<InputCounts>, mark: RunMark | undefined): RecordBatch => {
  const ids = new TextBuilder()
  const sources = new TextBuilder()
  for (const [i, { source }] of inputs.entries()) {
    if (mark === undefined) ids.unset(i)
    else ids.setText(i, mark.id)
    sources.setText(i, source)
  }
  const counts = (of: (input: InputCounts) => number) =>
    int64Column(BigInt64Array.from(inputs, (input) => BigInt(of(input))))
  const rates = Float64Array.from(inputs, ({ records, rejected }) => rejected / records)
  const instants = (micros: number | undefined) =>
    timestampColumn(new BigInt64Array(inputs.length).fill(BigInt(micros ?? 0)), () => micros !== undefined)
  return recordBatch(
    [
      { name: "run_id", data: ids.take(inputs.length) },
      { name: "source", data: sources.take(inputs.length) },
      { name: "records", data: counts(({ records }) => records) },
      { name: "rejected", data: counts(({ rejected }) => rejected) },
      { name: "error_rate", data: doubleColumn(rates, (row) => inputs[row].records > 0) },
      { name: "duplicates", data: counts(({ duplicates }) => duplicates) },
      { name: "started", data: instants(mark?.startedMicros) },
      { name: "finished", data: instants(mark?.finishedMicros) }
    ],
    inputs.length
  )
}
