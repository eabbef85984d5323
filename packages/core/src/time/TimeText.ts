import { makeInstant } from "./Instant.ts"
import { iso8601 } from "./Iso8601.ts"
import { utc } from "./Zone.ts"

/** Microseconds since 1970 of an ISO 8601 time, UTC unless it names a zone; undefined if it is none. */
export const timeTextMicros = (text: string): number | undefined => {
  const bytes = new TextEncoder().encode(text)
  const instant = makeInstant()
  return iso8601(utc)(bytes, 0, bytes.length, instant) ? instant.seconds * 1e6 + instant.micros : undefined
}
