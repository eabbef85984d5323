import { type DecodeRequest, type EventBatch, TextPool } from "@sojourn/core"
import type { HeldRecords } from "@sojourn/kernels"
import { type Cells, noRejects, recordsOf } from "./Cells.ts"
import type { FileField } from "./FileFields.ts"
import { learnTimes, noMicros } from "./learnTimes.ts"
import type { LeafTime } from "./LeafText.ts"

/**
 * A row group in the memory of the kernels. `fields`: those that are read, in the order of the file; `time`: what its
 * times are; `plain`: the same group read the plain way, for whoever wants all of its records.
 */
export const cleanBatch = (
  request: DecodeRequest,
  held: HeldRecords,
  fields: ReadonlyArray<FileField>,
  time: LeafTime | undefined,
  plain: () => EventBatch
): EventBatch => {
  let whole: EventBatch | undefined
  const all = () => (whole ??= plain())
  const isUtc = time?.isUtc !== false
  const some = (rows: Int32Array) => {
    const { columns, events } = held.cells(rows)
    const cells = fields.map(({ path }): Cells => {
      const { codes, micros, texts } = columns[request.columns.findIndex((column) => column.path === path)]
      return micros === undefined
        ? { path, json: false, lasts: true, codes, texts, micros, local: false }
        : { path, json: false, lasts: false, micros, local: !isUtc, ...printed(micros, isUtc) }
    })
    return recordsOf(request, cells, events, undefined)
  }
  return {
    get records() {
      return all().records
    },
    // A clean group has none.
    rejects: noRejects(request),
    get texts() {
      return all().texts ?? new Map()
    },
    asText: (row) => all().asText?.(row) ?? "",
    raw: new Uint8Array(0),
    rawOffset: 0,
    held: { held, json: false, local: !isUtc, some }
  }
}

/** Times as texts: -1 where there is none. */
const printed = (micros: BigInt64Array, isUtc: boolean): Pick<Cells, "codes" | "texts"> => {
  const texts = new TextPool()
  const known = learnTimes(
    micros.filter((one) => one !== noMicros),
    { isUtc, unit: "micros", toMicros: undefined },
    texts
  )
  let next = 0
  const codes = Int32Array.from(micros, (one) => (one === noMicros ? -1 : known.codes[next++]))
  return { codes, texts }
}
