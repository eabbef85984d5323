import type { Data, RecordBatch } from "apache-arrow"
import { type NamedColumn, recordBatch } from "../arrow/Columns.ts"
import { columnsOf } from "../expression/TreeNames.ts"
import type { Measured } from "../plan/Plan.ts"
import { type Expressions, namedColumn } from "./Expressions.ts"
import { GroupMeasures } from "./GroupMeasures.ts"

/** Rows and the groups that they are in. */
export interface GroupedRows {
  /** The rows with some of their columns, in order. */
  readonly rows: (columns: ReadonlyArray<string>) => RecordBatch
  /** By row, its group from 0. */
  readonly groupOf: () => Int32Array
  readonly groups: number
  /** A column that the groups have besides their measures. */
  readonly builtIn: (name: string) => Data
}

/** The columns that a spec gives to sessions or users: those of them that are wanted. Throws `ExpressionFailed`. */
export const ownColumns = (
  { columns, measures }: Measured,
  wanted: ReadonlyArray<string>,
  { builtIn, groupOf, groups, rows }: GroupedRows,
  expressions: Expressions,
  place: string
): ReadonlyArray<NamedColumn> => {
  const own = columns.filter(({ name }) => wanted.includes(name))
  const used = new Set(own.flatMap(({ value }) => columnsOf(value)))
  const calls = measures.filter(({ name }) => used.has(name))
  const measured = new GroupMeasures(calls, expressions, place)
  if (calls.length > 0) {
    const trees = calls.flatMap(({ arguments: trees, filter }) => (filter === null ? trees : [...trees, filter]))
    measured.add(rows([...new Set(trees.flatMap(columnsOf))]), groupOf(), groups)
  }
  const known = measured.finish(groups)
  const built = [...used].filter((name) => !calls.some((call) => call.name === name))
  const batch = recordBatch([...known, ...built.map((name) => ({ name, data: builtIn(name) }))], groups)
  return own.map(({ name, value }) => namedColumn(name, expressions.compile(value, `${place}.columns.${name}`)(batch)))
}
