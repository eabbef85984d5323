import type { ValueType } from "../expression/Tree.ts"

type Column = { readonly name: string; readonly type: ValueType }

/** The column of rows that says, inside a run, whether what is compared holds for them. */
export const successColumn = "$success"

/** The columns that a table of comparisons has of each group alone. */
export const countedColumns = {
  n: "count(*)",
  successes: `count(*) filter (where ${successColumn})`,
  rate: `count(*) filter (where ${successColumn}) / count(*)`
} as const

/** The columns that stand after these and before those of the spec. */
export const testColumns: ReadonlyArray<Column> = [
  { name: "rate_low", type: "double" },
  { name: "rate_high", type: "double" },
  { name: "others_n", type: "int64" },
  { name: "others_rate", type: "double" },
  { name: "difference", type: "double" },
  { name: "test", type: "text" },
  { name: "p_value", type: "double" },
  { name: "p_adjusted", type: "double" }
]

/** The columns of a table of comparisons: the keys, what is counted, the tests, and what the spec adds. */
export const comparedColumns = (keys: ReadonlyArray<Column>, columns: ReadonlyArray<Column>): ReadonlyArray<Column> => {
  const counted = Object.keys(countedColumns).length
  return [...keys, ...columns.slice(0, counted), ...testColumns, ...columns.slice(counted)]
}
