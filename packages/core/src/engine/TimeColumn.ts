import type { TextView } from "../arrow/Columns.ts"
import { lanes } from "../arrow/Columns.ts"
import { type Instant, makeInstant } from "../time/Instant.ts"
import { int64At, microsAt, secondsAt, storeMicros } from "../time/Int64.ts"
import { compileTimeFormat, invalidTime, TimeFormatError } from "../time/TimeFormat.ts"
import { makeZone, setLocal, UnknownZone } from "../time/Zone.ts"
import type { Judged } from "./Failures.ts"
import { nullText, readText, wrongKind } from "./FieldText.ts"

/** Plausible times, in microseconds since 1970, both ends included. */
export interface TimeRange {
  readonly from: number
  readonly to: number
  readonly outside: "warn" | "reject"
}

/** Facts about accepted times, counted for the summary. */
export interface TimeNotes {
  /** Named no zone. */
  readonly local: number
  /** Fell into the hour that a clock change skips, and were moved forward. */
  readonly skipped: number
  /** Fell into the hour that a clock change repeats; the earlier was taken. */
  readonly doubled: number
  /** Outside the plausible range. */
  readonly outside: number
}

/** A column of times, each distinct text parsed once. */
export interface TimeColumn extends Judged {
  /** int64 microseconds of some rows, which must have no problem. */
  readonly at: (rows: Int32Array) => BigInt64Array
  readonly notes: (rows: Int32Array) => TimeNotes
}

const encoder = new TextEncoder()

/** What is known of a distinct text, as bits. */
const Fact = { local: 1, skipped: 2, doubled: 4, outside: 8 } as const

/** Places in the list of problems, counted from 1. */
const Verdict = { missing: 1, wrongType: 2, invalid: 3, outside: 4 } as const

/** Makes the function that reads a column of times in one format; a plan's formats and zones are known to be good. */
export const makeTimeColumn = (field: string, format: string, timezone: string, plausible: TimeRange) => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const parse = compileTimeFormat(format, zone)
  if (parse instanceof TimeFormatError) throw parse
  const problems = [
    { code: "field.missing", reason: `missing ${field}` },
    { code: "field.type", reason: `invalid type for ${field}` },
    { code: "time.invalid", reason: invalidTime(format) },
    { code: "time.range", reason: `${field} out of range` }
  ] as const
  const instant = makeInstant()

  const isTime = (text: string) => {
    const bytes = encoder.encode(text)
    return parse(bytes, 0, bytes.length, instant)
  }

  return (column: TextView, nulls: ReadonlySet<string>, read?: KnownTimes): TimeColumn => {
    const { codes, size } = column
    // The decoder does not know which texts mean null.
    const known = [...nulls].some(isTime) ? undefined : read
    const rules = { nulls, blankIsNull: true, scalarOnly: true, plainIntegers: false }
    const range = { bytes: column.bytes, start: 0, end: 0 }
    const micros = new BigInt64Array(size)
    const words = lanes(micros)
    const facts = new Uint8Array(size)
    const verdicts = new Uint8Array(size)
    let allFacts = 0
    const isKnown = known && takeKnown(codes, known.micros, words)
    const from = plausible.from
    const to = plausible.to
    for (let code = 0; code < size; code++) {
      if (isKnown !== undefined && isKnown[code] === 1) {
        if (known?.local === true) {
          if (!setLocal(instant, zone, secondsAt(words, code), microsAt(words, code))) {
            verdicts[code] = Verdict.invalid
            continue
          }
          storeMicros(words, code, instant.seconds, instant.micros)
          facts[code] = localFacts(instant)
        }
        const at = int64At(words, code)
        if (at < from || at > to) {
          if (plausible.outside === "reject") verdicts[code] = Verdict.outside
          facts[code] |= Fact.outside
        }
        allFacts |= facts[code]
        continue
      }
      const kind = readText(column, code, rules, range)
      if (kind === nullText) verdicts[code] = Verdict.missing
      else if (kind === wrongKind) verdicts[code] = Verdict.wrongType
      else if (!parse(range.bytes, range.start, range.end, instant)) {
        verdicts[code] = Verdict.invalid
      } else {
        storeMicros(words, code, instant.seconds, instant.micros)
        const at = instant.seconds * 1e6 + instant.micros
        const outside = at < plausible.from || at > plausible.to
        if (outside && plausible.outside === "reject") verdicts[code] = Verdict.outside
        facts[code] = localFacts(instant) | (outside ? Fact.outside : 0)
        allFacts |= facts[code]
      }
    }
    return {
      codes,
      verdicts,
      ofNull: Verdict.missing,
      problems,
      at: (rows) => {
        const selected = new BigInt64Array(rows.length)
        const out = lanes(selected)
        for (let i = 0; i < rows.length; i++) {
          const code = codes[rows[i]]
          out[2 * i] = words[2 * code]
          out[2 * i + 1] = words[2 * code + 1]
        }
        return selected
      },
      notes: (rows) => (allFacts === 0 ? noNotes : countFacts(rows, codes, facts))
    }
  }
}

/** Times that the decoder has read already, by row. */
export interface KnownTimes {
  /** Microseconds as pairs of Int32; the least int64 where it has not. */
  readonly micros: Int32Array
  /** They have no zone. */
  readonly local: boolean
}

const localFacts = ({ doubled, local, skipped }: Instant): number =>
  (local ? Fact.local : 0) | (skipped ? Fact.skipped : 0) | (doubled ? Fact.doubled : 0)

/** Moves what is known by row to the codes of the texts; by code, 1 where it is. */
const takeKnown = (codes: Int32Array, known: Int32Array, words: Int32Array): Uint8Array => {
  const isKnown = new Uint8Array(words.length >> 1)
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]
    const high = known[2 * row + 1]
    if (code < 0 || high === leastHigh) continue
    words[2 * code] = known[2 * row]
    words[2 * code + 1] = high
    isKnown[code] = 1
  }
  return isKnown
}

/** The upper half of the least int64, far from any time. */
const leastHigh = -2_147_483_648

const noNotes: TimeNotes = { local: 0, skipped: 0, doubled: 0, outside: 0 }

const countFacts = (rows: Int32Array, codes: Int32Array, facts: Uint8Array): TimeNotes => {
  const count = { ...noNotes }
  for (let i = 0; i < rows.length; i++) {
    const fact = facts[codes[rows[i]]]
    if (fact === 0) continue
    if ((fact & Fact.local) !== 0) count.local++
    if ((fact & Fact.skipped) !== 0) count.skipped++
    if ((fact & Fact.doubled) !== 0) count.doubled++
    if ((fact & Fact.outside) !== 0) count.outside++
  }
  return count
}
