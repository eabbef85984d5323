import type { Measurement } from "./Comparison.ts"
import type { Measured } from "./measure.ts"
import { median } from "./statistics.ts"
import type { Table } from "./Table.ts"

const header = [
  "shape",
  "input",
  "output",
  "rows",
  "system",
  "wall s (min)",
  "wall s (median)",
  "µs/row",
  "MB/s",
  "CPU s",
  "tree MB",
  "VmHWM MB",
  "fsync s",
  "sessions",
  "events"
]

/**
 * One row a measurement: times by the median and the least, memory by the largest of all runs. What only reads ends too
 * soon for its memory to be seen.
 */
export const measurementTable = (measurements: ReadonlyArray<Measurement>): Table => [
  header,
  ...measurements.map(({ bytes, input, runs, system, written }) => {
    const all = (key: keyof Measured) => runs.map((run) => run[key])
    const wall = median(all("wallSeconds"))
    return [
      input.shape,
      input.clean ? `${input.format} clean` : input.format,
      input.out,
      input.rows.toLocaleString("en"),
      system,
      figure(Math.min(...all("wallSeconds")), 2),
      figure(wall, 2),
      figure((wall * 1e6) / input.rows, 2),
      figure(bytes / 1e6 / wall, 0),
      figure(median(all("cpuSeconds")), 2),
      ...(written === undefined
        ? ["", "", "", "", ""]
        : [
            figure(Math.max(...all("treeMegabytes")), 0),
            figure(Math.max(...all("highestMegabytes")), 0),
            figure(median(written.syncSeconds), 2),
            written.result.sessions.toLocaleString("en"),
            written.result.events.toLocaleString("en")
          ])
    ]
  })
]

/** A question mark for what could not be measured. */
const figure = (number: number, digits: number): string => (Number.isNaN(number) ? "?" : number.toFixed(digits))
