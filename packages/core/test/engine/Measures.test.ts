import { assert, describe, it } from "@effect/vitest"
import type { RecordBatch } from "apache-arrow"
import { Expressions } from "../../src/engine/Expressions.ts"
import { GroupedTable } from "../../src/engine/table/GroupedTable.ts"
import { ordered } from "../../src/engine/measure/makeMeasure.ts"
import { IntegerOverflow } from "../../src/engine/measure/IntegerOverflow.ts"
import type { Table } from "../../src/plan/Plan.ts"
import { plainColumn, plainRows } from "../support/plain.ts"
import {
  measuredBatch,
  measuredColumns,
  type MeasuredRow,
  measureOracles,
  measuredRows
} from "../support/measureOracle.ts"
import { tablePlan, tableRows } from "../support/planned.ts"
import { Random } from "../support/random.ts"
import { column, tableOf } from "../support/table.ts"

const filters = [undefined, "f", "not f", "i > 0 or x = 'z'", "user in ('a', '9')"]

const holds = (filter: string | undefined, { f, i, user, x }: MeasuredRow): boolean => {
  switch (filter) {
    case undefined:
      return true
    case "f":
      return f === true
    case "not f":
      return f === false
    case "i > 0 or x = 'z'":
      return (i !== null && i > 0n) || x === "z"
    default:
      return user === "a" || user === "9"
  }
}

const batchOf = (rows: ReadonlyArray<MeasuredRow>) => tableOf(measuredBatch(rows))

const pieces = (random: Random, rows: ReadonlyArray<MeasuredRow>): ReadonlyArray<ReadonlyArray<MeasuredRow>> => {
  const cuts = [0, ...random.cuts(rows.length, 6), rows.length]
  return cuts.slice(1).map((end, i) => rows.slice(cuts[i], end))
}

/** A state for each batch, merged into the first. */
const merged = (plan: Table, batches: ReadonlyArray<RecordBatch>): GroupedTable => {
  const [first, ...later] = batches.map((batch) => {
    const state = new GroupedTable(plan, "user", new Expressions("UTC", new Map()))
    state.add(batch)
    return state
  })
  for (const state of later) first.merge(state)
  return first
}

describe("every measure of every type", () => {
  it.each(measureOracles.map(({ text, value }) => [text, value] as const))("%s", (text, value) => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = new Random(seed)
      const rows = measuredRows(random, 60)
      const filter = random.pick(filters)
      const plan = tablePlan(measuredColumns, {
        by: ["g", "k"],
        columns: { m: filter === undefined ? text : `${text} filter (where ${filter})` }
      })

      const groups = new Map<string, ReadonlyArray<MeasuredRow>>()
      for (const row of rows) {
        const key = JSON.stringify([row.g, row.k === null ? null : Number(row.k)])
        groups.set(key, [...(groups.get(key) ?? []), row])
      }
      const expected = [...groups].map(([key, members]) => {
        const data = value(members.filter((row) => holds(filter, row)))
        return [key, plainColumn(tableOf({ m: data }), "m")[0]]
      })
      const keyed = (found: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
        found.map(({ g, k, m }) => [JSON.stringify([g, k]), m])

      const whole = tableRows(plan, [batchOf(rows)])
      assert.sameDeepMembers(keyed(whole), expected, `seed ${seed} ${filter}`)

      // In whatever order the rows come, unless the measure says that it matters.
      if (!plan.measures.some(({ measure }) => ordered.has(measure))) {
        assert.deepStrictEqual(tableRows(plan, [batchOf(random.shuffled(rows))]), whole)
      }

      // However the rows are cut into batches, and the batches into states that are merged.
      const parts = pieces(random, rows)
      assert.deepStrictEqual(tableRows(plan, parts.map(batchOf)), whole)
      assert.deepStrictEqual(plainRows(merged(plan, parts.map(batchOf)).finish()), whole)
    }
  })

  it("is there for a group of no rows that count, and for no rows at all", () => {
    const names = measureOracles.map(({ text }) => text)
    const columns = Object.fromEntries(names.map((text) => [text, `${text} filter (where false)`]))
    const plan = tablePlan(measuredColumns, { columns })
    const [none] = tableRows(plan, [batchOf([])])
    const [filtered] = tableRows(plan, [batchOf(measuredRows(new Random(3), 40))])
    assert.deepStrictEqual(none, filtered)
    const empty = measureOracles.map(({ text, value }) => [text, plainColumn(tableOf({ m: value([]) }), "m")[0]])
    assert.deepStrictEqual(none, Object.fromEntries(empty))
  })
})

const sumOf = (values: ReadonlyArray<bigint>) => {
  const plan = tablePlan([{ name: "x", type: "int64" }], { columns: { s: "sum(x)", a: "avg(x)" } })
  return () => tableRows(plan, [tableOf({ x: column.int64(values) })])[0]
}

describe("sums of integers", () => {
  const largest = 2n ** 63n - 1n

  it("are exact up to the largest 64-bit integer, also where a sum on the way is beyond it", () => {
    assert.strictEqual(sumOf([largest, 1n, -1n])().s, largest)
    assert.strictEqual(sumOf([-largest, -1n])().s, -largest - 1n)
    const many = Array.from({ length: 4_400_000 }, (_, i) => (i < 2_200_000 ? largest : -largest))
    assert.strictEqual(sumOf([...many, 7n])().s, 7)
  })

  it("fail beyond it and name the column", () => {
    assert.throws(sumOf([largest, 1n]), IntegerOverflow, 'the sum of "x" is over the largest 64-bit integer')
    assert.throws(sumOf([-largest, -2n]), IntegerOverflow)
  })

  it("do not limit an average", () => {
    const plan = tablePlan([{ name: "x", type: "int64" }], { columns: { a: "avg(x)" } })
    assert.deepStrictEqual(tableRows(plan, [tableOf({ x: column.int64([largest, largest]) })]), [
      { a: Number(largest) }
    ])
  })
})

describe("sums of doubles", () => {
  it("do not depend on the order of the rows", () => {
    const values = [1e16, 1, -1e16, 1, 1e-3, 3e15, -3e15, 1e-30, 1e300, -1e300]
    const plan = tablePlan([{ name: "x", type: "double" }], { columns: { s: "sum(x)" } })
    for (const i of values.keys()) {
      const turned = [...values.slice(i), ...values.slice(0, i)]
      const parts = [turned.slice(0, i), turned.slice(i)].map((part) => tableOf({ x: column.double(part) }))
      assert.deepStrictEqual(tableRows(plan, parts), [{ s: 2.001 }])
      assert.deepStrictEqual(plainRows(merged(plan, parts).finish()), [{ s: 2.001 }])
    }
  })
})

describe("values that look different and are equal", () => {
  it("are one: minus zero and zero", () => {
    const plan = tablePlan([{ name: "x", type: "double" }], { columns: { n: "count(distinct x)" } })
    assert.deepStrictEqual(tableRows(plan, [tableOf({ x: column.double([0, -0, 1]) })]), [{ n: 2 }])
  })
})
