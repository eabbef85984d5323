import { assert, describe, it } from "@effect/vitest"
import { columnWords, KeyTable, nullKeys, sameWords } from "../../src/engine/KeyTable.ts"
import { Random } from "../support/random.ts"
import { column, tableOf } from "../support/table.ts"

/** Values of every type, few of each so that keys repeat; the fill of a null slot is among them. */
const randomRows = (random: Random, count: number) => {
  const some = <A>(values: ReadonlyArray<A>) => Array.from({ length: count }, () => random.pick([null, ...values]))
  return {
    text: some(["", "a", "b"]),
    int64: some([0n, 99n, 2n ** 32n, -1n, -(2n ** 63n)]),
    double: some([0, 99, -0.5]),
    timestamp: some([0n, 99n, 99n * 2n ** 32n]),
    date: some([0, 99, -1]),
    bool: Array.from({ length: count }, () => random.int(2) === 1)
  }
}

const tableOfRows = (rows: ReturnType<typeof randomRows>) =>
  tableOf({
    text: column.text(rows.text),
    int64: column.int64(rows.int64),
    double: column.double(rows.double),
    timestamp: column.timestamp(rows.timestamp),
    date: column.date(rows.date),
    bool: column.bool(rows.bool)
  })

type Name = keyof ReturnType<typeof randomRows>
const names: ReadonlyArray<Name> = ["text", "int64", "double", "timestamp", "date", "bool"]

const subsets = (random: Random): ReadonlyArray<Name> => names.filter(() => random.int(2) === 0)

describe("KeyTable", () => {
  it("agrees with a map of strings on columns of every type, alone and together, nulls apart", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const count = 1 + random.int(120)
      const rows = randomRows(random, count)
      const chosen = seed <= names.length ? [names[seed - 1]] : subsets(random)
      const table = tableOfRows(rows)
      const key = chosen.map((name) => columnWords(table, name))
      const seen = new KeyTable(count, key)
      const isNull = nullKeys(count, key)
      const firsts = new Map<string, number>()
      for (let row = 0; row < count; row++) {
        const values = chosen.map((name) => rows[name][row])
        const text = values.map(String).join("|")
        const first = firsts.get(text) ?? row
        firsts.set(text, first)
        assert.strictEqual(isNull?.[row] === 1, values.includes(null), `seed ${seed}`)
        assert.strictEqual(seen.first(row), first, `seed ${seed}: ${chosen.join()}`)
        assert.isTrue(sameWords(key, row, first))
        if (row > 0) {
          const same = chosen.every((name) => rows[name][row] === rows[name][row - 1])
          assert.strictEqual(sameWords(key, row, row - 1), same, `seed ${seed}`)
        }
      }
    }
  })

  it("holds as many keys as there are rows, collisions and all", () => {
    const count = 50_000
    const values = Array.from({ length: count }, (_, i) => BigInt(i % 25_000) * 2n ** 32n)
    const seen = new KeyTable(count, [columnWords(tableOf({ x: column.int64(values) }), "x")])
    const firsts = values.map((_, row) => seen.first(row))
    assert.deepStrictEqual(
      firsts.filter((first, row) => first !== row % 25_000),
      []
    )
  })

  it("gives the same answers range by range, where no key is in two ranges", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const ends = [...random.cuts(60, 6), 60]
      const group = Array.from({ length: 60 }, (_, row) => String(ends.findIndex((end) => row < end)))
      const table = tableOf({
        group: column.text(group),
        x: column.text(group.map(() => random.pick(["a", "b", "c"])))
      })
      const key = ["group", "x"].map((name) => columnWords(table, name))
      const whole = new KeyTable(60, key)
      const ranged = new KeyTable(60, key)
      for (let row = 0, range = -1; row < 60; row++) {
        while (range < 0 || row >= ends[range]) {
          range++
          ranged.within(row, ends[range])
        }
        assert.strictEqual(ranged.first(row), whole.first(row), `seed ${seed}`)
      }
    }
  })

  it("without columns takes all rows for one", () => {
    const seen = new KeyTable(3, [])
    assert.deepStrictEqual(
      [0, 1, 2].map((row) => seen.first(row)),
      [0, 0, 0]
    )
    assert.isUndefined(nullKeys(3, []))
  })
})
