import type { RecordBatch, Schema } from "apache-arrow"
import { columnData, isJson, recordBatch, validRows } from "../arrow/Columns.ts"
import { makeSlots } from "./measure/Slots.ts"
import { reserved } from "./measure/reserved.ts"

/** Rows of many batches as one, whatever dictionaries the batches have. */
export class Gather {
  private size = 0
  private readonly columns: ReadonlyArray<{
    readonly name: string
    readonly json: boolean
    readonly slots: ReturnType<typeof makeSlots>
    isValid: Uint8Array
  }>

  /** `schema`: of all batches. */
  constructor(schema: Schema) {
    this.columns = schema.fields.map((field) => ({
      name: field.name,
      json: isJson(field),
      slots: makeSlots(field.type),
      isValid: new Uint8Array(0)
    }))
  }

  append(batch: RecordBatch): void {
    const all = new Int32Array(batch.numRows)
    for (const column of this.columns) {
      const data = columnData(batch, column.name)
      column.slots.load(data, all)
      column.slots.reserve(this.size + batch.numRows)
      column.isValid = reserved(column.isValid, this.size + batch.numRows)
      const valid = validRows(data)
      for (let row = 0; row < batch.numRows; row++) {
        if (valid?.[row] === 0) continue
        column.isValid[this.size + row] = 1
        column.slots.set(this.size + row, row)
      }
    }
    this.size += batch.numRows
  }

  finish(): RecordBatch {
    const { columns, size } = this
    return recordBatch(
      columns.map(({ isValid, json, name, slots }) => {
        slots.reserve(size)
        return { name, json, data: slots.column(size, reserved(isValid, size)) }
      }),
      size
    )
  }
}
