import type { RecordBatch } from "apache-arrow"
import { recordBatch } from "../../arrow/Columns.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import type { Table } from "../../plan/Plan.ts"
import { type Evaluate, type Expressions, namedColumn } from "../Expressions.ts"
import { GroupKeys } from "../GroupKeys.ts"
import { GroupMeasures } from "../GroupMeasures.ts"
import { orderRows } from "../orderRows.ts"
import { selectBatch } from "../Rows.ts"
import type { TableState } from "./TableState.ts"

/** One row a group. What is kept are the groups and their measures, never the rows. Throws `ExpressionFailed`. */
export class GroupedTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly table: Table
  private readonly user: string
  private readonly expressions: Expressions
  private readonly keys: GroupKeys
  private readonly keyValues: ReadonlyArray<Evaluate>
  private readonly where: ReturnType<Expressions["condition"]> | undefined
  private readonly measures: GroupMeasures

  private readonly place: string

  /** `user`: the name of the column of users; `place`: where the table stands, for errors. */
  constructor(table: Table, user: string, expressions: Expressions, place = `tables.${table.name}`) {
    this.place = place
    this.table = table
    this.user = user
    this.expressions = expressions
    this.needs = neededColumns(table)
    this.keys = new GroupKeys(table.by.map(({ value }) => value.type))
    this.keyValues = table.by.map(({ value }) => expressions.compile(value, `${place}.by`))
    this.where = table.where === null ? undefined : expressions.condition(table.where, `${place}.where`)
    this.measures = new GroupMeasures(table.measures, expressions, place)
  }

  add(rows: RecordBatch): undefined {
    const all = new Int32Array(rows.numRows)
    const kept = this.where === undefined ? all : this.where(rows, all)
    const keys = this.keyValues.map((evaluate) => evaluate(rows, kept).data)
    const groupOf = this.keys.groupOf(keys, kept)
    this.measures.add(rows, groupOf, this.keys.size)
  }

  /** Takes in a table of the same plan, to which the rows after these were added. */
  merge(later: GroupedTable): void {
    const groupOf = this.keys.merge(later.keys)
    this.measures.merge(later.measures, groupOf, this.keys.size)
  }

  /** Groups in order of their keys, nulls first, or as the table says. */
  finish(): RecordBatch {
    const { by, columns, having, limit, order } = this.table
    const groups = this.keys.size
    const keys = this.keys.columns()
    const named = by.map((one, i) => ({ name: one.name, data: keys[i] }))
    const measures = this.measures.finish(groups)
    const measured = recordBatch([...named, ...measures], groups)
    const made = columns.map((column) =>
      namedColumn(column.name, this.expressions.compile(column.value, `${this.place}.columns.${column.name}`)(measured))
    )
    const whole = recordBatch([...named, ...made], groups)
    const ordered = orderRows(
      whole,
      [...order, ...by.map((key) => ({ column: key.name, descending: false }))],
      this.user
    )
    if (having === null) return firstRows(whole, ordered, limit)
    const holds = this.expressions.condition(having, `${this.place}.having`)
    const held = holds(recordBatch([...named, ...made, ...measures], groups), new Int32Array(groups))
    return firstRows(
      whole,
      ordered.filter((group) => held[group] === 0),
      limit
    )
  }
}

const firstRows = (whole: RecordBatch, rows: Int32Array, limit: number | null): RecordBatch =>
  selectBatch(whole, limit === null ? rows : rows.subarray(0, limit))

/** The columns that its expressions name. */
const neededColumns = ({ by, measures, where }: Table): ReadonlyArray<string> => {
  const inner = measures.flatMap(({ arguments: trees, filter }) => [...trees, filter])
  const trees = [where, ...by.map(({ value }) => value), ...inner]
  return [...new Set(trees.flatMap((tree) => (tree === null ? [] : columnsOf(tree))))]
}
