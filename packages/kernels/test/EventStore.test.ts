import { assert, describe, it } from "@effect/vitest"
import { EventStore } from "../src/EventStore.ts"
import { makeKernels } from "../src/Kernels.ts"
import { RecordTable } from "../src/RecordTable.ts"
import { Random } from "./Random.ts"
import { bytesOf, textsOf } from "./texts.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

/** 2024-01-01T00:00:00Z in microseconds. */
const start = 1_704_067_200_000_000

const range = { from: start, to: start + 86_399_000_000 }

interface Row {
  readonly user: string | null
  readonly seconds: number
  readonly type: string | null
}

/** A time of that day, of the next, which is out of the range, or one that the kernels do not read. */
const timeText = (seconds: number): string => {
  if (seconds < 0) return "yesterday"
  const pad = (part: number) => String(part).padStart(2, "0")
  const hour = Math.floor(seconds / 3600)
  const day = hour < 24 ? "01" : "02"
  return `2024-01-${day}T${pad(hour % 24)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}Z`
}

const users = ["a", "b", "c", "bad"]
const types = ["x", "y"]

const randomRow = (random: Random): Row => ({
  user: random.int(10) === 0 ? null : random.pick(users),
  seconds: random.int(12) === 0 ? random.pick([-1, 90_000]) : random.int(5),
  type: random.int(5) === 0 ? null : random.pick(types)
})

const isGood = ({ seconds, user }: Row): boolean => user !== null && user !== "bad" && seconds >= 0 && seconds < 86_400

/** Texts of a column by their order of appearance, each with a number `shift` greater, and a verdict on "bad". */
const known = (seen: ReadonlyArray<string>, shift: number) => ({
  meaning: Int32Array.from(seen.keys(), (code) => code + shift),
  verdicts: Uint8Array.from(seen, (text) => (text === "bad" ? 2 : 0))
})

const appeared = (rows: ReadonlyArray<Row>, column: "user" | "type"): ReadonlyArray<string> => [
  ...new Set(rows.flatMap((row) => (row[column] === null ? [] : [row[column]])))
]

describe("EventStore", () => {
  it("keeps the good rows, gives the others back, and sorts by user, time and place: as lists do", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const table = new RecordTable(kernels, [{ isTime: false }, { isTime: true }, { isTime: false }], false)
      const store = new EventStore(
        kernels,
        [
          { column: 0, isTime: false, nullable: false, target: 0 },
          { column: 1, isTime: true, nullable: false, target: -1 },
          { column: 2, isTime: false, nullable: true, target: 1 }
        ],
        2,
        range
      )
      const all: Array<Row & { readonly place: bigint }> = []
      const so: Array<Row> = []
      const sizes = { user: 0, type: 0 }
      // Types may be kept under other numbers than their own; users are ranked by their own here.
      const shift = random.pick([0, 7])
      for (let part = 0; part < 1 + random.int(4); part++) {
        // Rows are judged in blocks of 64, and those between two that are not good are kept together.
        const count = random.int(4) === 0 ? 900 + random.int(1400) : random.int(80)
        const isClean = random.int(3) === 0
        const rows = Array.from({ length: count }, () => randomRow(random)).filter((row) => !isClean || isGood(row))
        for (const [i, { seconds, type, user }] of rows.entries()) {
          for (const [column, text] of [user, timeText(seconds), type].entries()) {
            if (text === null) table.unset(column)
            else table.cell(column, bytesOf(text), 0, text.length)
          }
          table.keep(i + 1, 1, 0, 1)
        }
        so.push(...rows)
        const held = table.hold()
        for (const [check, column] of [
          [0, "user"],
          [2, "type"]
        ] as const) {
          const seen = appeared(so, column)
          const { meaning, verdicts } = known(seen, column === "type" ? shift : 0)
          store.setTexts(check, meaning, verdicts, sizes[column], seen.length)
          sizes[column] = seen.length
        }
        const others = store.accept(table, held.rows, part)
        held.release()
        assert.deepStrictEqual(
          [...others],
          rows.flatMap((row, i) => (isGood(row) ? [] : [i])),
          `seed ${seed}`
        )
        rows.forEach((row, i) => isGood(row) && all.push({ ...row, place: (BigInt(part) << 32n) | BigInt(i + 1) }))
      }
      assert.strictEqual(store.rows, all.length)
      const userTexts = appeared(so, "user")
      const ranks = Int32Array.from(userTexts, (text) => userTexts.toSorted().indexOf(text))
      const sorted = store.sort(textsOf(userTexts))
      const rankOf = ({ user }: Row) => ranks[userTexts.indexOf(user ?? "")]
      const expected = all.toSorted(
        (a, b) => rankOf(a) - rankOf(b) || a.seconds - b.seconds || (a.place < b.place ? -1 : 1)
      )
      const wide = (fill: (to: Int32Array) => void) => {
        const words = new Int32Array(all.length * 2)
        fill(words)
        return [...new BigInt64Array(words.buffer)]
      }
      assert.deepStrictEqual(
        wide(sorted.places),
        expected.map(({ place }) => place),
        `seed ${seed}`
      )
      assert.deepStrictEqual(
        wide(sorted.times),
        expected.map(({ seconds }) => BigInt(start) + BigInt(seconds) * 1_000_000n)
      )
      const typeTexts = appeared(so, "type")
      const codes = new Int32Array(all.length)
      sorted.column(1, codes)
      assert.deepStrictEqual(
        [...codes],
        expected.map(({ type }) => (type === null ? -1 : typeTexts.indexOf(type) + shift))
      )
      let end = 0
      const used = userTexts.toSorted().filter((text) => all.some(({ user }) => user === text))
      const ends = used.map((text) => (end += all.filter(({ user }) => user === text).length))
      assert.deepStrictEqual([...sorted.ends], ends)
      assert.deepStrictEqual(sorted.users, textsOf(used))
    }
  })

  it("sorts a user with many events, in order, reversed or shuffled, also around 1970", () => {
    const count = 3000
    const shuffled = Array.from({ length: count }, (_, i) => (i * 1237) % count)
    const orders = [shuffled.toSorted((a, b) => a - b), shuffled.toSorted((a, b) => b - a), shuffled]
    for (const first of [start / 1e6, -count / 2]) {
      for (const order of orders) {
        const table = new RecordTable(kernels, [{ isTime: false }, { isTime: true }], false)
        const checks = [
          { column: 0, isTime: false, nullable: false, target: 0 },
          { column: 1, isTime: true, nullable: false, target: -1 }
        ]
        const store = new EventStore(kernels, checks, 1, { from: -Infinity, to: Infinity })
        for (const [i, seconds] of order.entries()) {
          const time = new Date((first + seconds) * 1000).toISOString()
          table.cell(0, bytesOf("a"), 0, 1)
          table.cell(1, bytesOf(time), 0, time.length)
          table.keep(i + 1, 1, 0, 1)
        }
        const held = table.hold()
        store.setTexts(0, Int32Array.of(0), Uint8Array.of(0), 0, 1)
        assert.strictEqual(store.accept(table, held.rows, 0).length, 0)
        held.release()
        const words = new Int32Array(count * 2)
        const sorted = store.sort(textsOf(["a"]))
        sorted.places(words)
        assert.deepStrictEqual(
          [...new BigInt64Array(words.buffer)].map(Number),
          Array.from({ length: count }, (_, seconds) => order.indexOf(seconds) + 1)
        )
        sorted.times(words)
        assert.deepStrictEqual(
          [...new BigInt64Array(words.buffer)].map(Number),
          Array.from({ length: count }, (_, seconds) => (first + seconds) * 1e6)
        )
      }
    }
  })
})
