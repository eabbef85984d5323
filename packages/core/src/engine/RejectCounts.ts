import type { RecordBatch } from "apache-arrow"
import { int64Lanes, type TextView, textView } from "../arrow/Columns.ts"
import { rejectFieldName } from "../plan/Tables.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import { int64At } from "../time/Int64.ts"
import { foundText } from "./FieldText.ts"
import type { RejectedBy } from "./Summary.ts"
import type { Validated } from "./Validate.ts"

/** Rejects for one reason. Plain data. */
export interface CountedRejects {
  readonly code: string
  readonly reason: string
  readonly field: string | null
  count: number
  readonly samples: Array<string>
}

const mostSamples = 3

const decoder = new TextDecoder()

/** Reads fields of a batch's records as found; the whole record where it has no such field. Each column is opened once. */
const finder = ({ asText, raw, rawOffset, records }: EventBatch) => {
  const names = new Set(records.schema.names.map(String))
  const views = new Map<string, TextView>()
  const recordText = (row: number): string => {
    if (asText !== undefined) return asText(row)
    const start = int64At(int64Lanes(records, position.offset), row) - rawOffset
    return decoder.decode(raw.subarray(start, start + int64At(int64Lanes(records, position.length), row)))
  }
  return (field: string, row: number): string | null => {
    if (!names.has(field)) return recordText(row)
    const view = views.get(field) ?? textView(records, field)
    views.set(field, view)
    return view.codes[row] < 0 ? null : decoder.decode(foundText(view, view.codes[row]))
  }
}

/** Counts rejects by reason, with a few of the values that caused them. */
export class RejectCounts {
  total = 0
  private readonly redacted: ReadonlySet<string>
  private readonly reasons = new Map<string, CountedRejects>()

  /** `redacted`: fields of which there are no samples, nor of whole records, which hold them. */
  constructor(redacted: ReadonlySet<string>) {
    this.redacted = redacted
  }

  add(rejects: RecordBatch): void {
    this.total += rejects.numRows
    if (rejects.numRows === 0) return
    const text = (name: string) => {
      const { codes, dictionary } = textView(rejects, name)
      const known: Array<string | null> = []
      return (row: number): string | null => {
        const code = codes[row]
        return code < 0 ? null : (known[code] ??= dictionary.get(code))
      }
    }
    const names = new Set(rejects.schema.names)
    const code = text("code")
    const reason = text("reason")
    const field = text("field")
    const found = new Map<string, (row: number) => string | null>()
    const valueOf = (name: string) => {
      let value = found.get(name)
      if (value === undefined) found.set(name, (value = text(name)))
      return value
    }
    for (let row = 0; row < rejects.numRows; row++) {
      const at = field(row)
      const counted = this.counted(code(row) ?? "", reason(row) ?? "", at)
      counted.count++
      if (counted.samples.length >= mostSamples) continue
      // A decoder may name a column that the plan does not read, and a record that it could not read has no fields.
      const column = at === null ? undefined : rejectFieldName(at)
      const isRead = column !== undefined && names.has(column)
      const value = isRead ? valueOf(column)(row) : null
      const isWhole = !isRead || (value === null && code(row) !== "field.missing")
      if (this.isHidden(at, isWhole)) continue
      const sample = isWhole ? valueOf("raw")(row) : value
      if (sample !== null && !counted.samples.includes(sample)) counted.samples.push(sample)
    }
  }

  /** Counts rejects without their table, with the same result. */
  count({ batch, failures }: Validated["rejected"]): void {
    this.add(batch.rejects)
    this.total += failures.length
    const found = finder(batch)
    for (const { code, field, reason, row } of failures) {
      const counted = this.counted(code, reason, field)
      counted.count++
      if (counted.samples.length >= mostSamples) continue
      if (this.isHidden(field, !batch.records.schema.names.includes(field))) continue
      const sample = found(field, row)
      if (sample !== null && !counted.samples.includes(sample)) counted.samples.push(sample)
    }
  }

  /** Adds rejects of later records, as they were counted elsewhere. */
  merge(later: ReadonlyArray<CountedRejects>): void {
    for (const { code, count, field, reason, samples } of later) {
      this.total += count
      const counted = this.counted(code, reason, field)
      counted.count += count
      for (const sample of samples) {
        if (counted.samples.length < mostSamples && !counted.samples.includes(sample)) counted.samples.push(sample)
      }
    }
  }

  /** As plain data, for {@link RejectCounts.merge}. */
  toData(): ReadonlyArray<CountedRejects> {
    return [...this.reasons.values()]
  }

  /** Most frequent first; equal counts by code and reason. */
  list(): ReadonlyArray<RejectedBy> {
    const order = (a: CountedRejects, b: CountedRejects) =>
      b.count - a.count || (a.code < b.code ? -1 : a.code > b.code ? 1 : a.reason < b.reason ? -1 : 1)
    return [...this.reasons.values()].sort(order)
  }

  /** `isWhole`: the whole record would be the sample. */
  private isHidden(field: string | null, isWhole: boolean): boolean {
    return this.redacted.size > 0 && (isWhole || (field !== null && this.redacted.has(field)))
  }

  private counted(code: string, reason: string, field: string | null): CountedRejects {
    // A reason may hold a size or a number of fields: those count together by code and column.
    const key = `${code}\u0000${field ?? ""}`
    let counted = this.reasons.get(key)
    if (counted === undefined) {
      counted = { code, reason, field, count: 0, samples: [] }
      this.reasons.set(key, counted)
    }
    return counted
  }
}
