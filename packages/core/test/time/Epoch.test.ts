import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { epoch, type EpochUnit } from "../../src/time/Epoch.ts"
import { makeInstant, maxSeconds, minSeconds } from "../../src/time/Instant.ts"
import { read } from "./read.ts"

const units: ReadonlyArray<EpochUnit> = ["s", "ms", "us", "ns"]
const digitsToMicros = { s: 6n, ms: 3n, us: 0n, ns: -3n }

const floorDivide = (a: bigint, b: bigint) => (a >= 0n ? a / b : (a - b + 1n) / b)

/** Microseconds of `sign whole.decimals e exponent`, in exact arithmetic. */
const exactMicros = (negative: boolean, digits: string, decimals: string, exponent: number, unit: EpochUnit) => {
  const power = digitsToMicros[unit] + BigInt(exponent - decimals.length)
  const mantissa = BigInt(digits + decimals) * (negative ? -1n : 1n)
  return power >= 0n ? mantissa * 10n ** power : floorDivide(mantissa, 10n ** -power)
}

const inRange = (micros: bigint) =>
  micros >= BigInt(minSeconds) * 1_000_000n && micros < BigInt(maxSeconds + 1) * 1_000_000n

const Digits = Schema.String.check(Schema.isPattern(/^[0-9]{1,20}$/))
const Decimals = Schema.String.check(Schema.isPattern(/^[0-9]{0,12}$/))
const Exponent = Schema.Int.check(Schema.isBetween({ minimum: -30, maximum: 20 }))

describe("epoch", () => {
  it.each([
    ["s", "1720605600", "2024-07-10T10:00:00Z"],
    ["s", "1720605600.123456789", "2024-07-10T10:00:00.123456Z"],
    ["s", "1.7206056e9", "2024-07-10T10:00:00Z"],
    ["s", "17206056E+2", "2024-07-10T10:00:00Z"],
    ["s", "172060560000e-2", "2024-07-10T10:00:00Z"],
    ["s", "+0001720605600", "2024-07-10T10:00:00Z"],
    ["s", "-0", "1970-01-01T00:00:00Z"],
    ["s", "0e999999999999999999", "1970-01-01T00:00:00Z"],
    ["s", "-0.0000001", "1969-12-31T23:59:59.999999Z"],
    ["s", "-1", "1969-12-31T23:59:59Z"],
    ["s", "-1.5", "1969-12-31T23:59:58.500Z"],
    ["s", "1e-999999999999999999", "1970-01-01T00:00:00Z"],
    ["s", `1e-${"9".repeat(400)}`, "1970-01-01T00:00:00Z"],
    ["s", `${"1".repeat(400)}e-390`, "2005-03-18T01:58:31.111111Z"],
    ["s", "-1e-999999999999999999", "1969-12-31T23:59:59.999999Z"],
    ["s", "253402300799.999999999", "9999-12-31T23:59:59.999999Z"],
    ["s", "-62135596800", "0001-01-01T00:00:00Z"],
    ["ms", "1720605600123", "2024-07-10T10:00:00.123Z"],
    ["ms", "1720605600123.4567", "2024-07-10T10:00:00.123456Z"],
    ["us", "1720605600123456", "2024-07-10T10:00:00.123456Z"],
    ["us", "-0.9", "1969-12-31T23:59:59.999999Z"],
    ["ns", "1720605600123456789", "2024-07-10T10:00:00.123456Z"],
    ["ns", "-1", "1969-12-31T23:59:59.999999Z"],
    ["ns", "253402300799999999999", "9999-12-31T23:59:59.999999Z"]
  ] as const)("reads %s %s", (unit, text, expected) => {
    assert.strictEqual(read(epoch(unit), text), expected)
  })

  it.each([
    "",
    "-",
    "+",
    ".",
    ".5",
    "5.",
    "1e",
    "1e+",
    "1e1.5",
    "1.e1",
    "--1",
    " 1",
    "1 ",
    "1_000",
    "0x10",
    "NaN",
    "Infinity",
    "1.2.3",
    "१",
    "253402300800",
    "-62135596800.000001",
    "1e999999999999999999",
    `1e${"9".repeat(400)}`,
    "99999999999999999999999999999999"
  ])("refuses %j as seconds", (text) => {
    assert.isUndefined(read(epoch("s"), text))
  })

  it.prop(
    "agrees with exact arithmetic for any sign, digits, decimals, exponent and unit",
    { negative: Schema.Boolean, digits: Digits, decimals: Decimals, exponent: Exponent, unit: Schema.Literals(units) },
    ({ negative, digits, decimals, exponent, unit }) => {
      const text = `${negative ? "-" : ""}${digits}${decimals === "" ? "" : "."}${decimals}e${exponent}`
      const bytes = new TextEncoder().encode(text)
      const out = makeInstant()
      const expected = exactMicros(negative, digits, decimals, exponent, unit)
      return epoch(unit)(bytes, 0, bytes.length, out)
        ? BigInt(out.seconds) * 1_000_000n + BigInt(out.micros) === expected &&
            out.micros >= 0 &&
            out.micros < 1_000_000
        : !inRange(expected)
    },
    { arbitrary: { runs: 3000 } }
  )

  it("never throws on a one-byte change or a prefix, and accepts only numbers", () => {
    const bytes = new TextEncoder().encode("-172060560.25e1")
    const out = makeInstant()
    const check = (candidate: Uint8Array) => {
      const text = String.fromCharCode(...candidate)
      const isNumber = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)
      const fits = isNumber && Number(text) >= minSeconds && Number(text) < maxSeconds + 1
      assert.strictEqual(epoch("s")(candidate, 0, candidate.length, out), fits, text)
    }
    for (let end = 0; end <= bytes.length; end++) check(bytes.subarray(0, end))
    for (let at = 0; at < bytes.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const mutant = bytes.slice()
        mutant[at] = byte
        check(mutant)
      }
    }
  })
})
