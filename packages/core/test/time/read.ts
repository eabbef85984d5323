import { assert } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { makeInstant, maxSeconds, minSeconds, type ParseTime } from "../../src/time/Instant.ts"
import { instantText } from "../../src/time/Print.ts"
import { compileTimeFormat, TimeFormatError } from "../../src/time/TimeFormat.ts"
import { makeZone, UnknownZone, type Zone } from "../../src/time/Zone.ts"

/** Any whole second of the years 0001 to 9999. */
export const Second = Schema.Int.check(Schema.isBetween({ minimum: minSeconds, maximum: maxSeconds }))
export const Micros = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999 }))

/** Text read by a parser and printed, or `undefined`. Bytes around the text must not matter, so some stand there. */
export const read = (parse: ParseTime, text: string): string | undefined => {
  const bytes = new TextEncoder().encode(`1${text}1`)
  const out = makeInstant()
  return parse(bytes, 1, bytes.length - 1, out) ? instantText(out.seconds, out.micros) : undefined
}

/** Like {@link read}, with what a clock change did and whether a zone was missing. */
export const readLocal = (parse: ParseTime, text: string) => {
  const bytes = new TextEncoder().encode(text)
  const out = makeInstant()
  assert.isTrue(parse(bytes, 0, bytes.length, out), text)
  const { skipped, doubled, local } = out
  return { instant: instantText(out.seconds, out.micros), skipped, doubled, local }
}

export const zone = (name: string): Zone => {
  const made = makeZone(name)
  if (made instanceof UnknownZone) throw made
  return made
}

export const format = (name: string, zoneName = "UTC"): ParseTime => {
  const parse = compileTimeFormat(name, zone(zoneName))
  if (parse instanceof TimeFormatError) throw parse
  return parse
}
