import type { RecordBatch } from "apache-arrow"
import { isJson, type NamedColumn, recordBatch } from "../../arrow/Columns.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import { windowTrees } from "../../expression/WindowCall.ts"
import type { Table } from "../../plan/Plan.ts"
import { type Expressions, namedColumn } from "../Expressions.ts"
import { rowsThatCount, selectBatch } from "../Rows.ts"
import { makeWindows } from "../Windows.ts"
import type { TableState } from "./TableState.ts"

/** One row out a row in, as they come. Throws `ExpressionFailed`. */
export class RowTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly where: ReturnType<Expressions["condition"]> | undefined
  private readonly windows: ReturnType<typeof makeWindows> | undefined
  private readonly columns: ReadonlyArray<{
    readonly name: string
    readonly evaluate: ReturnType<Expressions["compile"]>
  }>
  /** How many rows may still be given. */
  private left: number

  /** `user`: the name of the column of users. */
  constructor({ columns, limit, name, where, windows }: Table, user: string, expressions: Expressions) {
    const place = `tables.${name}`
    const inner = windows.flatMap(windowTrees)
    const trees = [...(where === null ? [] : [where]), ...inner, ...columns.map(({ value }) => value)]
    const made = new Set(windows.map((window) => window.name))
    const used = new Set(trees.flatMap(columnsOf).filter((column) => !made.has(column)))
    if (windows.some(({ over }) => over === null)) used.add(user)
    this.needs = [...used]
    this.where = where === null ? undefined : expressions.condition(where, `${place}.where`)
    this.windows = windows.length === 0 ? undefined : makeWindows(windows, user, expressions, place)
    this.columns = columns.map((column) => ({
      name: column.name,
      evaluate: expressions.compile(column.value, `${place}.columns.${column.name}`)
    }))
    this.left = limit ?? Infinity
  }

  add(rows: RecordBatch): RecordBatch {
    const kept = this.kept(rows)
    const seen = this.windows === undefined ? kept : withColumns(kept, this.windows(kept))
    const made = recordBatch(
      this.columns.map(({ evaluate, name }) => namedColumn(name, evaluate(seen))),
      seen.numRows
    )
    const given = made.numRows > this.left ? made.slice(0, this.left) : made
    this.left -= given.numRows
    return given
  }

  finish(): undefined {}

  private kept(rows: RecordBatch): RecordBatch {
    if (this.where === undefined) return rows
    const places = rowsThatCount(this.where(rows, new Int32Array(rows.numRows)))
    return places.length === rows.numRows ? rows : selectBatch(rows, places)
  }
}

const withColumns = (batch: RecordBatch, columns: ReadonlyArray<NamedColumn>): RecordBatch => {
  const own = batch.schema.fields.map((field, i) => ({
    name: field.name,
    data: batch.data.children[i],
    json: isJson(field)
  }))
  return recordBatch([...own, ...columns], batch.numRows)
}
