import { assert, describe, it } from "@effect/vitest"
import {
  boolColumn,
  ByteWriter,
  dateColumn,
  doubleColumn,
  int64Column,
  type NamedColumn,
  recordBatch,
  TextBuilder,
  TextTable,
  textColumn,
  timestampColumn,
  utf8Column
} from "@sojourn/core"
import { Bool, type Data, Int8, makeData, type RecordBatch } from "apache-arrow"
import { csvFormat } from "../src/csvFormat.ts"
import { csvEncoder } from "../src/index.ts"
import { Random } from "./Random.ts"

/** As the plain loops write it, and as it is written. */
const both = (batch: RecordBatch, delimiter: "," | ";" | "\t" | "|" = ",") => {
  const out = new ByteWriter()
  new TextTable(batch.schema, csvFormat(delimiter.charCodeAt(0), batch.numCols, false)).write(batch, out)
  return { plain: textOf(out.take()), written: textOf(csvEncoder.open({ delimiter }, batch.schema).encode(batch)) }
}

const textOf = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes)

const check = (batch: RecordBatch, delimiter?: "," | ";" | "\t" | "|"): string => {
  const { plain, written } = both(batch, delimiter)
  assert.strictEqual(written, plain)
  return written
}

const table = (...columns: ReadonlyArray<Data>): RecordBatch =>
  recordBatch(
    columns.map((data, i): NamedColumn => ({ name: `c${i}`, data })),
    columns[0].length
  )

const powers = Array.from({ length: 19 }, (_, i) => 10n ** BigInt(i))
const integers = [...powers, 0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n) + 1n].flatMap((n) =>
  [n - 1n, n, n + 1n].flatMap((m) => [m, -m]).map((m) => BigInt.asIntN(64, m))
)

const pieces = ["a", "17", ",", ";", "\t", "|", '"', "\n", "\r", " ", "é", "\u{1f600}", "some more text", "\0"]

const randomText = (random: Random): string =>
  Array.from({ length: random.int(random.pick([1, 3, 20])) }, () =>
    random.pick(random.int(3) > 0 ? ["x", "y"] : pieces)
  ).join("")

const bigInt = (random: Random): bigint =>
  BigInt.asIntN(64, (BigInt(random.int(2 ** 32)) << 32n) | BigInt(random.int(2 ** 32)))

const randomDouble = (random: Random): number => {
  const decimals = 10 ** random.int(9)
  return random.pick([
    random.int(1000) / decimals,
    -random.int(2 ** 32) / decimals,
    random.int(2 ** 32) * 2 ** random.int(40),
    new Float64Array(BigInt64Array.of(bigInt(random)).buffer)[0],
    random.pick([0, -0, 1e15, -1e15, 999_999_999.999_999, 1e9, 1e21, 5e-7, 4.999_999e-7, 1e-6, Number.NaN, -Infinity]),
    random.pick([Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 2 ** 53, Number.MIN_VALUE, 0.1 + 0.2, 1 / 3])
  ])
}

const minute = 60_000_000n
const randomTime = (random: Random): bigint => {
  const day = BigInt(random.int(3_652_059) - 719_162) * 1440n * minute
  return (
    day + BigInt(random.int(1440)) * minute + BigInt(random.pick([0, 1, 1_000, 59_999_999, random.int(60_000_000)]))
  )
}

/** A column of each type, with nulls in it or not. */
const columnsOf = (random: Random, length: number): ReadonlyArray<Data> => {
  const share = random.pick([0, 1, 50, 100])
  const valid = Array.from({ length }, () => random.int(100) >= share)
  const isValid = (row: number) => valid[row]
  const rows = Array.from({ length }, (_, row) => row)
  const words = rows.map(() => new TextEncoder().encode(randomText(random)))
  const offsets = new Int32Array(length + 1)
  for (const row of rows) offsets[row + 1] = offsets[row] + words[row].length
  const builder = new TextBuilder()
  for (const row of rows) if (valid[row]) builder.setText(row, randomText(random))
  return [
    builder.take(length),
    utf8Column(offsets, Uint8Array.from(words.flatMap((word) => [...word]))),
    int64Column(
      BigInt64Array.from(rows, () => random.pick([bigInt(random), random.pick(integers)])),
      isValid
    ),
    timestampColumn(
      BigInt64Array.from(rows, () => randomTime(random)),
      isValid
    ),
    dateColumn(
      Int32Array.from(rows, () => random.int(3_652_059) - 719_162),
      isValid
    ),
    doubleColumn(
      Float64Array.from(rows, () => randomDouble(random)),
      isValid
    ),
    boolColumn(length, () => random.int(2) === 0)
  ]
}

describe("the kernels write the same as the plain loops", () => {
  it("for random tables, and slices of them", () => {
    const random = new Random(1)
    for (let i = 0; i < 400; i++) {
      const length = random.int(random.pick([2, 20, 60]))
      const columns = columnsOf(random, length)
      const chosen = Array.from({ length: 1 + random.int(9) }, () => random.pick(columns))
      const delimiter = random.pick([",", ";", "\t", "|"] as const)
      const batch = table(...chosen)
      check(batch, delimiter)
      const start = random.int(length + 1)
      check(batch.slice(start, start + random.int(length - start + 1)), delimiter)
    }
  })

  it("for integers about every power of ten and at the ends", () => {
    const written = check(table(int64Column(BigInt64Array.from(integers))))
    assert.strictEqual(written, integers.map((value) => `${value}\n`).join(""))
  })

  it("for the first and the last instant of many days, before and after 1970", () => {
    const days = Array.from({ length: 30_000 }, (_, i) => i * 121 - 719_162).concat(-719_162, -1, 0, 1, 2_932_896)
    const micros = days.flatMap((day) => [BigInt(day) * 1440n * minute, BigInt(day + 1) * 1440n * minute - 1n])
    const written = check(table(timestampColumn(BigInt64Array.from(micros))))
    const text = (value: bigint): string => {
      const millis = Number((value - (((value % 1000n) + 1000n) % 1000n)) / 1000n)
      const date = new Date(millis).toISOString()
      return value % 1000n === 0n ? date.replace(".000Z", "Z") : date.replace("Z", "999Z")
    }
    assert.strictEqual(written, micros.map((value) => `${text(value)}\n`).join(""))
    check(table(dateColumn(Int32Array.from(days))))
  })

  it("for doubles, be they easily written or not", () => {
    const random = new Random(2)
    const values = Float64Array.from({ length: 20_000 }, () => randomDouble(random))
    const expected = Array.from(values, (value) => {
      if (!Number.isFinite(value)) return "\n"
      return Number.isSafeInteger(value) ? `${BigInt(value)}\n` : `${value}\n`
    })
    assert.strictEqual(check(table(doubleColumn(values))), expected.join(""))
    check(table(doubleColumn(values), doubleColumn(values), doubleColumn(values)))
  })

  it("for texts of every length, with every byte to be quoted at every place", () => {
    const encoder = new TextEncoder()
    const texts = Array.from({ length: 40 }, (_, length) =>
      ["", ",", '"', "\r", "\n", ";"].flatMap((byte) =>
        Array.from({ length: length + 1 }, (_, at) => "x".repeat(at) + byte + "y".repeat(length - at))
      )
    )
      .flat()
      .map((text) => encoder.encode(text))
    const offsets = Int32Array.from([
      0,
      ...texts.map(
        (
          (end) => (text: Uint8Array) =>
            (end += text.length)
        )(0)
      )
    ])
    check(table(utf8Column(offsets, Uint8Array.from(texts.flatMap((text) => [...text])))))
  })

  it("for more than fits into the memory at hand, again and again", () => {
    const long = new TextEncoder().encode(`"${'",'.repeat(50_000)}`)
    for (const count of [1, 3, 30]) {
      const offsets = Int32Array.from({ length: count + 1 }, (_, i) => i * long.length)
      const bytes = new Uint8Array(count * long.length)
      for (let i = 0; i < count; i++) bytes.set(long, i * long.length)
      const batch = table(utf8Column(offsets, bytes), int64Column(new BigInt64Array(count)))
      assert.strictEqual(check(batch).length, count * (2 + 1 + 3 * 50_000 + 1 + 3))
    }
  })

  it("for a table without rows, or without texts", () => {
    check(table(...columnsOf(new Random(3), 0)))
    const nothing = new TextBuilder().take(3)
    check(table(nothing, textColumn(Int32Array.of(-1, -1, -1), nothing.dictionary as never)))
  })

  it("for truth values that may be null", () => {
    const nullBitmap = Uint8Array.of(0b1010_1101, 0b01)
    const data = Uint8Array.of(0b1100_1010, 0b11)
    const batch = table(makeData({ type: new Bool(), length: 10, nullCount: 4, nullBitmap, data }))
    for (let start = 0; start < 10; start++) check(batch.slice(start))
  })
})

describe("the plain loops take over", () => {
  it("where a time or a date is in no year from 0001 to 9999", () => {
    for (const days of [-719_163, 2_932_897]) {
      check(table(dateColumn(Int32Array.of(0, days, 1))))
      check(table(timestampColumn(BigInt64Array.of(0n, BigInt(days) * 1440n * minute, 1n))))
    }
    check(table(timestampColumn(BigInt64Array.of(0n, 2n ** 63n - 1n, -(2n ** 63n)))))
  })

  it("where a column is of another type", () => {
    const numbers = makeData({ type: new Int8(), length: 3, nullCount: 0, data: Int8Array.of(1, -128, 127) })
    assert.strictEqual(
      check(
        table(
          numbers,
          boolColumn(3, () => true)
        )
      ),
      "1,true\n-128,true\n127,true\n"
    )
  })
})
