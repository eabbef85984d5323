import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  compareInt64,
  differenceMicros,
  int64At,
  microsAt,
  secondsAt,
  storeDifference,
  storeInt64,
  storeMicros
} from "../../src/time/Int64.ts"
import { Micros, Second } from "./read.ts"

const Int64 = Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n }))
const SafeInteger = Schema.Int.check(
  Schema.isBetween({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })
)
const runs = { arbitrary: { runs: 1000 } }

const edges = [
  0n,
  1n,
  -1n,
  999_999n,
  -1_000_000n,
  -1_000_001n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n - 1n,
  2n ** 32n,
  -(2n ** 32n),
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n)
]

const lanesOf = (...values: ReadonlyArray<bigint>) => new Int32Array(BigInt64Array.from(values).buffer)

const floorSeconds = (value: bigint) => (value - (((value % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n

const splitAgrees = (value: bigint) => {
  const lanes = lanesOf(0n, value)
  const seconds = floorSeconds(value)
  return BigInt(secondsAt(lanes, 1)) === seconds && BigInt(microsAt(lanes, 1)) === value - seconds * 1_000_000n
}

const orderAgrees = (a: bigint, b: bigint) => {
  const lanes = lanesOf(a, b)
  return (
    Math.sign(compareInt64(lanes, 0, 1)) === (a < b ? -1 : a > b ? 1 : 0) &&
    Math.abs(differenceMicros(lanes, 1, 0) - Number(b - a)) <= Number(b > a ? b - a : a - b) * 2 ** -52
  )
}

const differenceAgrees = (a: bigint, b: bigint) => {
  const values = new BigInt64Array(2)
  storeDifference(new Int32Array(values.buffer), 1, lanesOf(0n, a), lanesOf(0n, b))
  return values[0] === 0n && values[1] === BigInt.asIntN(64, a - b)
}

describe("Int64", () => {
  it.prop(
    "stores seconds and microseconds as BigInt does",
    [Second, Micros],
    ([seconds, micros]) => {
      const values = new BigInt64Array(2)
      storeMicros(new Int32Array(values.buffer), 1, seconds, micros)
      return values[0] === 0n && values[1] === BigInt(seconds) * 1_000_000n + BigInt(micros)
    },
    runs
  )

  it.prop(
    "splits any int64 into seconds, rounded down, and microseconds",
    [Int64],
    ([value]) => splitAgrees(value),
    runs
  )

  it.prop("compares and subtracts as BigInt does", [Int64, Int64], ([a, b]) => orderAgrees(a, b), runs)

  it.prop("stores the difference that BigInt gives", [Int64, Int64], ([a, b]) => differenceAgrees(a, b), runs)

  it("agrees with BigInt at the edges of the halves", () => {
    for (const a of edges) {
      assert.isTrue(splitAgrees(a), `${a}`)
      for (const b of edges) {
        assert.isTrue(orderAgrees(a, b), `${a} ${b}`)
        assert.isTrue(differenceAgrees(a, b), `${a} ${b}`)
      }
    }
  })

  it.prop(
    "subtracts exactly below 2^53",
    [Second, SafeInteger],
    ([seconds, gap]) => {
      const earlier = BigInt(seconds) * 1_000_000n
      return differenceMicros(lanesOf(earlier, earlier + BigInt(gap)), 1, 0) === gap
    },
    runs
  )

  it.prop(
    "stores and loads safe integers",
    [SafeInteger],
    ([value]) => {
      const values = new BigInt64Array(1)
      const lanes = new Int32Array(values.buffer)
      storeInt64(lanes, 0, value)
      return values[0] === BigInt(value) && int64At(lanes, 0) === value
    },
    runs
  )
})
