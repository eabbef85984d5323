import { type Data, Field, type RecordBatch, type Utf8 } from "apache-arrow"
import { columnData, int64Lanes, textView, utf8Column } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { ByteWriter } from "../text/ByteWriter.ts"
import { type CellFormat, cellWriter } from "../text/TextCell.ts"
import { differenceMicros, microsAt, secondsAt } from "../time/Int64.ts"
import type { Sessions } from "./Sessionize.ts"
import { dnsNamespace, Uuid5, uuidTextLength, writeUuidText } from "./Uuid5.ts"

/**
 * The ids of sessions. Where the plan cuts by a column and the session has a value there, that value as text. Else
 * UUIDv5 of user, U+001F and the start in microseconds, in the namespace UUIDv5(DNS, `sojourn:` + the spec's name);
 * the n-th further such session of a user with the same start has U+001F and n at the end of its name.
 */
export const sessionIds = (plan: Ids, events: RecordBatch, sessions: Sessions): Data<Utf8> => {
  const ids = known.get(sessions) ?? makeIds(plan, events, sessions)
  known.set(sessions, ids)
  return ids
}

type Ids = Pick<Plan, "name" | "validate" | "sessionize">

/** Sessions and their events are often both asked for them, and a hash takes long. */
const known = new WeakMap<Sessions, Data<Utf8>>()

const makeIds = (plan: Ids, events: RecordBatch, { firsts }: Sessions): Data<Utf8> => {
  const by = plan.sessionize?.by ?? null
  const given = by === null ? undefined : columnData(events, by)
  const writeGiven = given && cellWriter(new Field("session_id", given.type), plainText)(given)
  const user = textView(events, plan.validate.user.name)
  const times = int64Lanes(events, plan.validate.time.name)
  const uuid = new Uuid5(namespaceOf(plan.name))
  const offsets = new Int32Array(firsts.length + 1)
  const out = new ByteWriter()
  if (given === undefined) out.reserve(firsts.length * uuidTextLength)
  const bytes = new Uint8Array(16)
  const digits = new Uint8Array(24)
  /** The row that opened the last session without a given id. */
  let last = -1
  let further = 0
  for (let i = 0; i < firsts.length; i++) {
    const row = firsts[i]
    if (given?.getValid(row) === true && writeGiven !== undefined) writeGiven(row, out)
    else {
      const code = user.codes[row]
      const sameStart = last >= 0 && user.codes[last] === code && differenceMicros(times, row, last) === 0
      last = row
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
      out.reserve(uuidTextLength)
      writeUuidText(bytes, 0, out.bytes, out.length)
      out.length += uuidTextLength
    }
    offsets[i + 1] = out.length
  }
  return utf8Column(offsets, out.take())
}

/** Given ids stand as they are. */
const plainText: CellFormat = {
  name: "text",
  null: "",
  quote: "",
  writeText: (out, bytes, start, end) => out.range(bytes, start, end)
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
