import { assert, describe, it } from "@effect/vitest"
import { Heads } from "../../src/engine/Heads.ts"
import { plainRows } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { column, tableOf } from "../support/table.ts"

const batchOf = (values: ReadonlyArray<number>, prefix = "t") =>
  tableOf({
    n: column.double(values),
    text: column.text(values.map((value) => (value % 3 === 0 ? null : `${prefix}${value}`)))
  })

const heads = (rows: number, ...tables: ReadonlyArray<string>) => new Heads({ rows, tables })
const numbers = (head: Heads, name: string) => {
  const table = head.tables.get(name)
  return table === undefined ? undefined : plainRows(table).map(({ n }) => n)
}

describe("the first rows of tables", () => {
  it("are the first, however the rows come, with all their columns", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed)
      const all = Array.from({ length: random.int(20) }, (_, i) => i)
      const cuts = [0, ...random.cuts(all.length, 5), all.length]
      const rows = random.int(10)
      const head = heads(rows, "a")
      // Every batch has a dictionary of its own.
      for (const [i, from] of cuts.slice(0, -1).entries()) head.add("a", batchOf(all.slice(from, cuts[i + 1])))
      const table = head.tables.get("a")
      assert.deepStrictEqual(table && plainRows(table), plainRows(batchOf(all)).slice(0, rows))
    }
  })

  it("are of the tables that were asked for, each by itself", () => {
    const head = heads(2, "a", "b", "never")
    head.add("a", batchOf([1]))
    head.add("other", batchOf([9]))
    head.add("b", batchOf([2, 3, 4]))
    head.add("a", batchOf([5, 6]))
    assert.deepStrictEqual(
      [numbers(head, "a"), numbers(head, "b")],
      [
        [1, 5],
        [2, 3]
      ]
    )
    assert.deepStrictEqual([...head.tables.keys()], ["a", "b"])
  })

  it("are wanted until there are enough of all", () => {
    const head = heads(2, "a", "b")
    assert.isTrue(head.wants(["a", "b"]))
    head.add("a", batchOf([1, 2, 3]))
    assert.deepStrictEqual([head.wants(["a"]), head.wants(["a", "b"]), head.wants([])], [false, true, false])
    head.add("b", batchOf([1]))
    assert.isTrue(head.wants(["b"]))
    head.add("b", batchOf([1]))
    assert.isFalse(head.wants(["a", "b"]))
  })

  it("are none unless asked for; of a table without rows there are the columns", () => {
    const none = new Heads(undefined)
    none.add("a", batchOf([1]))
    assert.strictEqual(none.tables.size, 0)
    assert.isFalse(none.wants(["a"]))
    const empty = heads(3, "a")
    empty.add("a", batchOf([]))
    assert.deepStrictEqual(numbers(empty, "a"), [])
    assert.deepStrictEqual(empty.tables.get("a")?.schema.names, ["n", "text"])
  })
})
