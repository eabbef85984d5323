import { packBatch, PluginError } from "@sojourn/core"
import { type Data, Field, makeData, RecordBatch, Schema, Struct } from "apache-arrow"
import { type GroupColumn, groupColumn } from "./GroupColumn.ts"

/** Text of a group beyond which it ends early, as the writer holds a group in 32-bit memory several times. */
const mostText = 256 * 2 ** 20
/** Rows of a group after which its text is measured: counted from its first row, as batches must not matter. */
const stepRows = 64

/** Collects rows in groups, each of which comes as an Arrow IPC stream. */
export class RowGroups {
  private readonly columns: ReadonlyArray<GroupColumn>
  private readonly schema: Schema
  private readonly groupRows: number
  /** Rows of the group that is being filled. */
  private rows = 0
  private taken = 0

  constructor(schema: Schema, groupRows: number) {
    this.groupRows = groupRows
    this.columns = schema.fields.map((field) => {
      const column = groupColumn(field, groupRows)
      if (column === undefined) throw noType(field)
      return column
    })
    this.schema = new Schema(schema.fields.map(({ name }, i) => new Field(name, this.columns[i].type, true)))
  }

  /** The groups that are full with these rows. */
  add(batch: RecordBatch): ReadonlyArray<Uint8Array> {
    const full: Array<Uint8Array> = []
    for (let from = 0; from < batch.numRows;) {
      const to = this.stepEnd(batch, from)
      for (const [i, column] of this.columns.entries()) column.add(batch.data.children[i], from, to)
      this.rows += to - from
      if (this.rows === this.groupRows || (this.rows % stepRows === 0 && this.textBytes() > mostText)) {
        full.push(this.take())
      }
      from = to
    }
    return full
  }

  /** The group of the rows that are left; one without rows if there is no other, as a file has its schema from its groups. */
  rest(): ReadonlyArray<Uint8Array> {
    return this.rows > 0 || this.taken === 0 ? [this.take()] : []
  }

  private take(): Uint8Array {
    const { columns, rows, schema } = this
    this.rows = 0
    this.taken++
    const children = columns.map((column): Data => column.take(rows))
    const type = new Struct(schema.fields)
    return packBatch(new RecordBatch(schema, makeData({ type, length: rows, nullCount: 0, children })))
  }

  /** Up to which row all can be added at once: text is measured after each step only where there may be too much of it. */
  private stepEnd({ data, numRows }: RecordBatch, from: number): number {
    const end = Math.min(numRows, from + this.groupRows - this.rows)
    const most = this.columns.reduce((sum, column, i) => sum + column.mostText(data.children[i], from, end), 0)
    return this.textBytes() + most <= mostText ? end : Math.min(end, from + stepRows - (this.rows % stepRows))
  }

  private textBytes(): number {
    return this.columns.reduce((sum, { textBytes }) => sum + textBytes, 0)
  }
}

const noType = ({ name, type }: Field): PluginError =>
  new PluginError({
    plugin: "parquet",
    reason: "Unsupported",
    message: `column ${name} of type ${String(type)} cannot be written as parquet`,
    hint: "leave the column out of the output"
  })
