import type { RecordBatch } from "apache-arrow"
import { textView } from "../arrow/Columns.ts"
import { rejectFieldName } from "../plan/Tables.ts"
import type { RejectedBy } from "./Summary.ts"

interface Counted {
  code: string
  reason: string
  field: string | null
  count: number
  samples: Array<string>
}

/** Counts rejects by reason, with a few of the values that caused them. */
export class RejectCounts {
  total = 0
  private readonly reasons = new Map<string, Counted>()

  add(rejects: RecordBatch): void {
    this.total += rejects.numRows
    if (rejects.numRows === 0) return
    const text = (name: string) => {
      const column = textView(rejects, name)
      const vector = column.dictionary
      return (row: number): string | null => (column.codes[row] < 0 ? null : vector.get(column.codes[row]))
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
      if (counted.samples.length >= 3) continue
      // A decoder may name a column that the plan does not read.
      const column = at === null ? "raw" : rejectFieldName(at)
      const sample = valueOf(names.has(column) ? column : "raw")(row)
      if (sample !== null && !counted.samples.includes(sample)) counted.samples.push(sample)
    }
  }

  /** Most frequent first; equal counts by code and reason. */
  list(): ReadonlyArray<RejectedBy> {
    const order = (a: Counted, b: Counted) =>
      b.count - a.count || (a.code < b.code ? -1 : a.code > b.code ? 1 : a.reason < b.reason ? -1 : 1)
    return [...this.reasons.values()].sort(order)
  }

  private counted(code: string, reason: string, field: string | null): Counted {
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
