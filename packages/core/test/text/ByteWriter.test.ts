import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { lanes } from "../../src/arrow/Columns.ts"
import { ByteWriter } from "../../src/text/ByteWriter.ts"

const decoder = new TextDecoder()
const written = (write: (out: ByteWriter) => void): string => {
  const out = new ByteWriter()
  write(out)
  return decoder.decode(out.take())
}

const double = (value: number) => written((out) => out.double(value))
const int64 = (value: bigint) => written((out) => out.int64(lanes(BigInt64Array.of(0n, value)), 1))

const runs = { arbitrary: { runs: 2000 } }

/** Any double but NaN and the infinities, from its bits: all magnitudes alike. */
const FromBits = Schema.Tuple([Schema.Int.check(Schema.isInt32()), Schema.Int.check(Schema.isInt32())])
const Safe = Schema.Int.check(Schema.isBetween({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }))

describe("ByteWriter", () => {
  it("writes integers at every change in the number of digits", () => {
    for (let power = 1; power < Number.MAX_SAFE_INTEGER; power *= 10) {
      for (const value of [power - 1, power, power + 1, -power]) {
        assert.strictEqual(
          written((out) => out.integer(value)),
          String(value)
        )
      }
    }
  })

  it.prop(
    "writes safe integers as String does",
    [Safe],
    ([value]) => written((out) => out.integer(value)) === String(value)
  )

  it("writes int64 of the whole range", () => {
    const borders = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n]
    for (const value of borders) {
      assert.strictEqual(int64(value), String(value))
      assert.strictEqual(int64(-value), String(-value))
    }
    assert.strictEqual(int64(-(2n ** 63n)), "-9223372036854775808")
  })

  it("writes doubles as String does where the paths part", () => {
    const values = [
      0,
      -0,
      0.5,
      -0.5,
      1e-6,
      -1e-6,
      1e-7,
      1.5e-6,
      0.1 + 0.2,
      1 / 3,
      123.456,
      1e9,
      1e15,
      1e20,
      1e21,
      1e300
    ]
    for (const value of [
      ...values,
      999_999_999.999_999,
      1e9 + 1e-6,
      4.35,
      5e-324,
      Number.MAX_VALUE,
      2 ** 53,
      0.000_001_5
    ]) {
      assert.strictEqual(double(value), String(value))
    }
  })

  it.prop(
    "writes every double as String does",
    [FromBits],
    ([bits]) => {
      const [value] = new Float64Array(Int32Array.from(bits).buffer)
      return !Number.isFinite(value) || double(value) === String(value)
    },
    runs
  )

  it.prop(
    "writes numbers of few decimals as String does",
    [Safe, Schema.Literals([1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7])],
    ([digits, scale]) => {
      const values = [digits / scale, (digits % 1e9) / scale, (digits % 1e4) / scale]
      return values.every((value) => double(value) === String(value))
    },
    runs
  )

  it("grows without losing what was written, and is empty after take", () => {
    const out = new ByteWriter()
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i)
    for (let i = 0; i < 100; i++) out.range(bytes, 0, bytes.length)
    const first = out.take()
    assert.strictEqual(first.length, 30_000)
    assert.isTrue(first.every((byte, i) => byte === (i % 300) % 256))
    out.ascii("next")
    assert.strictEqual(decoder.decode(out.take()), "next")
    assert.strictEqual(first[0], 0)
  })
})
