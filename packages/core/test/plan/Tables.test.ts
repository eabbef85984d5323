import { assert, describe, it } from "@effect/vitest"
import {
  Bool,
  DateDay,
  Dictionary,
  DurationMicrosecond,
  Float64,
  Int64,
  List,
  TimestampMicrosecond,
  Utf8
} from "apache-arrow"
import { columnData } from "../../src/arrow/Columns.ts"
import { builtInTables, mappedColumns, tableColumns } from "../../src/plan/Tables.ts"
import { everything, everythingRows } from "../support/everything.ts"
import { planOf, runPlan } from "../support/runSpec.ts"

const plan = planOf(everything)

const arrowTypes = {
  text: [Dictionary, Utf8],
  int64: [Int64],
  double: [Float64],
  timestamp: [TimestampMicrosecond],
  date: [DateDay],
  bool: [Bool],
  interval: [DurationMicrosecond],
  json: [Dictionary],
  list: [List]
}

describe("tableColumns", () => {
  it.each(["sessions", "events", "users", "duplicates", "daily", "pages", "next"])(
    "says what %s has, by name and by type",
    (name) => {
      const columns = tableColumns(plan, name) ?? []
      const table = runPlan(plan, everythingRows).batch(name)
      assert.deepStrictEqual(
        table.schema.names,
        columns.map((column) => column.name)
      )
      for (const { name, type } of columns) {
        const found = columnData(table, name).type
        assert.isTrue(
          arrowTypes[type].some((arrowType) => found instanceof arrowType),
          name
        )
      }
    }
  )

  it("says what the rejects have", () => {
    const columns = tableColumns(plan, "rejects") ?? []
    assert.deepStrictEqual(
      Object.keys(runPlan(plan, everythingRows).rejects[0]),
      columns.map(({ name }) => name)
    )
  })

  it("knows no other table, no sessions where none are cut, and no findings where nothing is checked", () => {
    assert.isUndefined(tableColumns(plan, "daly"))
    const uncut = planOf("event: { user: u, time: t }")
    assert.deepStrictEqual(
      builtInTables.filter((name) => tableColumns(uncut, name) === undefined),
      ["sessions", "users", "findings", "history"]
    )
    assert.deepStrictEqual(tableColumns(uncut, "events"), mappedColumns(uncut))
  })
})
