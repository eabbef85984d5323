import { type Instant, makeInstant } from "./Instant.ts"
import { iso8601 } from "./Iso8601.ts"
import { compileTimeFormat, TimeFormatError } from "./TimeFormat.ts"
import { makeZone, UnknownZone, utc } from "./Zone.ts"

/** Microseconds since 1970 of an ISO 8601 time, UTC unless it names a zone; undefined if it is none. */
export const timeTextMicros = (text: string): number | undefined => {
  const bytes = new TextEncoder().encode(text)
  const instant = makeInstant()
  return iso8601(utc)(bytes, 0, bytes.length, instant) ? microsOf(instant) : undefined
}

/**
 * Reads UTF-8 texts in a time format of a plan as microseconds since 1970, rounded beyond 2^53; undefined where one does
 * not fit. Times without a zone are taken in `timezone`. Throws {@link TimeFormatError} and {@link UnknownZone}.
 */
export const timeTextReader = (format: string, timezone: string): ((text: Uint8Array) => number | undefined) => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const parse = compileTimeFormat(format, zone)
  if (parse instanceof TimeFormatError) throw parse
  const instant = makeInstant()
  return (text) => (parse(text, 0, text.length, instant) ? microsOf(instant) : undefined)
}

const microsOf = ({ micros, seconds }: Instant): number => seconds * 1e6 + micros
