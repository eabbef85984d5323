import { CsvRecord, type Delimiter, delimiters } from "./CsvRecord.ts"

/** Bytes at the start of an input that the detection looks at. */
export const headBytes = 65_536
const headRecords = 20

/**
 * The delimiter under which the most of the first records have as many fields as the first one, at least two.
 * Undefined when there is none: a file of one column.
 */
export const detectDelimiter = (bytes: Uint8Array, start: number, stop: number): Delimiter | undefined => {
  let best: Delimiter | undefined
  let bestAgreeing = 0
  for (const delimiter of delimiters) {
    const agreeing = recordsLikeTheFirst(new CsvRecord(delimiter), bytes, start, stop)
    if (agreeing > bestAgreeing) {
      best = delimiter
      bestAgreeing = agreeing
    }
  }
  return best
}

const recordsLikeTheFirst = (record: CsvRecord, bytes: Uint8Array, start: number, stop: number): number => {
  let fields = 0
  let agreeing = 0
  let at = start
  for (let records = 0; records < headRecords && at < stop; at = record.next) {
    const ending = record.scan(bytes, at, stop, true)
    if (ending === "open") break
    if (record.isBlank) continue
    records++
    if (fields === 0) fields = record.count
    if (ending === "complete" && fields > 1 && record.count === fields) agreeing++
  }
  return agreeing
}
