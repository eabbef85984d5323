import type { TextView } from "../arrow/Columns.ts"
import { lanes } from "../arrow/Columns.ts"
import type { RejectCode } from "../plugin/EventBatch.ts"
import { makeInstant } from "../time/Instant.ts"
import { storeMicros } from "../time/Int64.ts"
import { compileTimeFormat, TimeFormatError } from "../time/TimeFormat.ts"
import { makeZone, UnknownZone } from "../time/Zone.ts"
import { fieldText, nullText, wrongKind } from "./FieldText.ts"
import type { TimeNotes } from "./Validate.ts"

/** Plausible times, in microseconds since 1970, both ends included. */
export interface TimeRange {
  readonly from: number
  readonly to: number
  readonly outside: "warn" | "reject"
}

/** A column of times, each distinct text parsed once. */
export interface TimeColumn {
  readonly rows: number
  /** Why a row has no time; `{field}` stands for the field's name. */
  readonly problem: (row: number) => { readonly code: RejectCode; readonly reason: string } | undefined
  /** int64 microseconds of some rows, which must have no problem. */
  readonly at: (rows: Int32Array) => BigInt64Array
  readonly notes: (rows: Int32Array) => TimeNotes
}

/** What is known of a distinct text, as bits. */
const Fact = { local: 1, skipped: 2, doubled: 4, outside: 8, invalid: 16 } as const

const missing = { code: "field.missing", reason: "missing {field}" } as const
const wrongType = { code: "field.type", reason: "invalid type for {field}" } as const
const outOfRange = { code: "time.range", reason: "{field} out of range" } as const

/** Makes the function that reads a column of times in one format; a plan's formats and zones are known to be good. */
export const makeTimeColumn = (format: string, timezone: string, range: TimeRange) => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const parse = compileTimeFormat(format, zone)
  if (parse instanceof TimeFormatError) throw parse
  const invalid = { code: "time.invalid", reason: invalidReason(format) } as const
  const instant = makeInstant()

  return (column: TextView, nulls: ReadonlySet<string>): TimeColumn => {
    const text = fieldText(column, { nulls, blankIsNull: true, scalarOnly: true, plainIntegers: false })
    const micros = new BigInt64Array(text.values.size)
    const words = lanes(micros)
    const facts = new Uint8Array(text.values.size)
    for (let code = 0; code < facts.length; code++) {
      const { bytes, offsets } = text.values
      if (!parse(bytes, offsets[code], offsets[code + 1], instant)) facts[code] = Fact.invalid
      else {
        storeMicros(words, code, instant.seconds, instant.micros)
        const at = instant.seconds * 1e6 + instant.micros
        const outside = at < range.from || at > range.to
        facts[code] =
          (instant.local ? Fact.local : 0) |
          (instant.skipped ? Fact.skipped : 0) |
          (instant.doubled ? Fact.doubled : 0) |
          (outside ? Fact.outside : 0)
      }
    }
    const meaning = (row: number) => (column.codes[row] < 0 ? nullText : text.meaning[column.codes[row]])
    return {
      rows: column.codes.length,
      problem: (row) => {
        const code = meaning(row)
        if (code === nullText) return missing
        if (code === wrongKind) return wrongType
        if ((facts[code] & Fact.invalid) !== 0) return invalid
        return range.outside === "reject" && (facts[code] & Fact.outside) !== 0 ? outOfRange : undefined
      },
      at: (rows) => {
        const values = new BigInt64Array(rows.length)
        const out = lanes(values)
        for (let i = 0; i < rows.length; i++) {
          const code = meaning(rows[i])
          out[2 * i] = words[2 * code]
          out[2 * i + 1] = words[2 * code + 1]
        }
        return values
      },
      notes: (rows) => {
        const count = { local: 0, skipped: 0, doubled: 0, outside: 0 }
        for (let i = 0; i < rows.length; i++) {
          const fact = facts[meaning(rows[i])]
          if (fact === 0) continue
          if ((fact & Fact.local) !== 0) count.local++
          if ((fact & Fact.skipped) !== 0) count.skipped++
          if ((fact & Fact.doubled) !== 0) count.doubled++
          if ((fact & Fact.outside) !== 0) count.outside++
        }
        return count
      }
    }
  }
}

const invalidReason = (format: string): string => {
  if (format === "iso8601") return "invalid ISO-8601"
  return format.startsWith("epoch_") ? `invalid ${format}` : `invalid time, expected ${format}`
}
