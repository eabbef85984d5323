import { int64Lanes, textView } from "../arrow/Columns.ts"
import type { RecordBatch } from "apache-arrow"
import type { Plan } from "../plan/Plan.ts"
import { differenceMicros, microsAt, secondsAt } from "../time/Int64.ts"
import type { Sessions } from "./Sessionize.ts"
import { dnsNamespace, Uuid5, uuidTextLength, writeUuidText } from "./Uuid5.ts"

/**
 * The ids of sessions as 36 bytes of text each: UUIDv5 of user, U+001F and the start in microseconds, in the namespace
 * UUIDv5(DNS, `sojourn:` + the spec's name). The n-th further session of a user with the same start has U+001F and n
 * at the end of its name.
 */
export const sessionIds = (
  plan: Pick<Plan, "name" | "validate">,
  events: RecordBatch,
  { rows, starts }: Sessions
): Uint8Array => {
  const user = textView(events, plan.validate.user.name)
  const times = int64Lanes(events, plan.validate.time.name)
  const uuid = new Uuid5(namespaceOf(plan.name))
  const count = starts.length - 1
  const out = new Uint8Array(count * uuidTextLength)
  const bytes = new Uint8Array(16)
  const digits = new Uint8Array(24)
  let further = 0
  for (let i = 0; i < count; i++) {
    const row = rows[starts[i]]
    const code = user.codes[row]
    const last = i === 0 ? -1 : rows[starts[i - 1]]
    const sameStart = last >= 0 && user.codes[last] === code && differenceMicros(times, row, last) === 0
    further = sameStart ? further + 1 : 0
    uuid.begin()
    uuid.add(user.bytes, user.offsets[code], user.offsets[code + 1])
    uuid.addByte(separator)
    const from = writeMicros(digits, secondsAt(times, row), microsAt(times, row))
    uuid.add(digits, from, digits.length)
    if (further > 0) {
      uuid.addByte(separator)
      for (const digit of String(further)) uuid.addByte(digit.charCodeAt(0))
    }
    uuid.finish(bytes, 0)
    writeUuidText(bytes, 0, out, i * uuidTextLength)
  }
  return out
}

const separator = 0x1f

const namespaceOf = (name: string): Uint8Array => {
  const uuid = new Uuid5(dnsNamespace)
  const bytes = new TextEncoder().encode(`sojourn:${name}`)
  uuid.begin()
  uuid.add(bytes, 0, bytes.length)
  const namespace = new Uint8Array(16)
  uuid.finish(namespace, 0)
  return namespace
}

/** Writes microseconds since 1970 in decimal at the end of `out`; returns where they begin. */
const writeMicros = (out: Uint8Array, seconds: number, micros: number): number => {
  const negative = seconds < 0
  // Below zero the parts point in opposite directions: -2 s + 400000 µs is -1 s - 600000 µs.
  const whole = negative ? -seconds - (micros > 0 ? 1 : 0) : seconds
  const part = negative && micros > 0 ? 1_000_000 - micros : micros
  const high = Math.floor(whole / 1_000_000)
  let at = writeDigits(out, out.length, part)
  at = writeDigits(out, at, whole - high * 1_000_000)
  at = writeDigits(out, at, high)
  while (at < out.length - 1 && out[at] === 0x30) at++
  if (negative) out[--at] = 0x2d
  return at
}

/** Six digits, ending before `end`. */
const writeDigits = (out: Uint8Array, end: number, value: number): number => {
  let rest = value | 0
  for (let i = end - 1; i >= end - 6; i--) {
    const quotient = (rest / 10) | 0
    out[i] = 0x30 + rest - quotient * 10
    rest = quotient
  }
  return end - 6
}
