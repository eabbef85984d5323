import type { Tree } from "../expression/Tree.ts"
import type { Compare as CompareSpec } from "../spec/Compare.ts"
import type { Path } from "../spec/SpecDocument.ts"
import type { Table as TableSpec } from "../spec/Table.ts"
import { ColumnNames, rowScope } from "./ColumnNames.ts"
import { countedColumns, successColumn, testColumns } from "./comparedColumns.ts"
import type { Compare, Plan, Table } from "./Plan.ts"
import { added } from "./planEvent.ts"
import type { Planning } from "./Planning.ts"

/** Plans a table of groups. */
type PlanGroups = (from: ColumnNames, table: TableSpec) => Table

/** A table of comparisons; `rows` are the columns of the table that it is made from. */
export const planCompare = (
  planning: Planning,
  plan: Plan,
  name: string,
  compare: CompareSpec,
  rows: ColumnNames,
  planGroups: PlanGroups
): Compare => {
  const path = ["tables", name, "compare"]
  const at = (key: string): Path => [...path, key]
  const condition = (text: string, key: string): Tree => planning.check(text, at(key), rowScope(rows, "bool")).tree
  if (compare.by.length === 0)
    planning.problem(at("by"), "without a key there is one group, and no other to compare it with")

  const user = plan.validate.user.name
  if (compare.per === "user" && rows.columns.length > 0 && rows.find(user)?.type !== "text") {
    planning.problem(at("from"), `rows of "${compare.from}" do not say whose they are: there is no column "${user}"`, {
      hint: "per: row compares all rows"
    })
  }
  const taken = [...Object.keys(countedColumns), ...testColumns.map((column) => column.name)]
  planning.distinct(
    Object.keys(compare.columns).map((column) => ({ name: column, path: [...at("columns"), column], key: true })),
    new Map(taken.map((column) => [column, added]))
  )
  const from = new ColumnNames(rows.columns, plan.validate, [{ name: successColumn, type: "bool" }])
  const groups = planGroups(from, {
    from: compare.from,
    by: compare.by,
    columns: { ...countedColumns, ...compare.columns },
    order: [],
    ...(compare.having === undefined ? {} : { having: compare.having })
  })
  planning.distinct(
    groups.by.map((key) => ({ name: key.name, path: at("by") })),
    new Map(testColumns.map((column) => [column.name, added]))
  )
  return {
    kind: "compare",
    name,
    from: compare.from,
    where: compare.where === undefined ? null : condition(compare.where, "where"),
    success: condition(compare.success, "success"),
    first_of: compare.per === "user" ? user : null,
    groups
  }
}
