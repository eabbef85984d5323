import type { RecordBatch } from "apache-arrow"
import { textView } from "../arrow/Columns.ts"

/** Names that a missing user often hides behind. */
const suspicious = new Set(["0", "null", "undefined", "NA", "anonymous"])
/** Bytes of the longest of them: no longer name is made a string. */
const longest = 9
const largeShare = 0.05
/** With fewer events a large share says nothing. */
const enoughEvents = 100
const mostNamed = 3

/** Users that are probably not one person: over 5 % of all events, or named like a missing value. */
export const userWarnings = (events: RecordBatch, user: string, rows: Int32Array): ReadonlyArray<string> => {
  const { codes, dictionary, offsets, size } = textView(events, user)
  const counts = new Int32Array(size)
  for (const row of rows) counts[codes[row]]++
  const warnings: Array<string> = []
  const large: Array<number> = []
  for (let code = 0; code < size; code++) {
    if (rows.length >= enoughEvents && counts[code] > rows.length * largeShare) large.push(code)
    else if (
      counts[code] > 0 &&
      offsets[code + 1] - offsets[code] <= longest &&
      suspicious.has(String(dictionary.get(code)))
    ) {
      warnings.push(
        `the user "${dictionary.get(code)}" looks like a missing value (${counts[code]} ${counts[code] === 1 ? "event" : "events"})`
      )
    }
  }
  large.sort((a, b) => counts[b] - counts[a])
  for (const code of large.slice(0, mostNamed)) {
    const share = ((counts[code] / rows.length) * 100).toFixed(0)
    warnings.push(`the user "${dictionary.get(code)}" has ${share} % of all events`)
  }
  const more = large.length - mostNamed
  if (more > 0) warnings.push(`${more} more ${more === 1 ? "user has" : "users have"} over 5 % of all events`)
  return warnings
}
