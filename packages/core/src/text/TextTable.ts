import type { RecordBatch, Schema } from "apache-arrow"
import type { ByteWriter } from "./ByteWriter.ts"
import { type BindCell, type CellFormat, cellWriter, isSet } from "./TextCell.ts"

/** How a format writes a table row by row. Strings are ASCII. */
export interface TextFormat extends CellFormat {
  readonly rowStart: string
  /** What stands before each cell of a row, by column. */
  readonly cellStarts: ReadonlyArray<Uint8Array>
  readonly rowEnd: string
}

/** Writes the batches of one table as text. */
export class TextTable {
  private readonly format: TextFormat
  private readonly cells: ReadonlyArray<BindCell>

  /** Throws {@link PluginError} for a column that has no form as text. */
  constructor(schema: Schema, format: TextFormat) {
    this.format = format
    this.cells = schema.fields.map((field) => cellWriter(field, format))
  }

  write(batch: RecordBatch, out: ByteWriter): void {
    const { cellStarts, null: nullText, rowEnd, rowStart } = this.format
    const columns = batch.data.children
    const writers = this.cells.map((bind, column) => bind(columns[column]))
    const validity = columns.map((data) => (data.nullCount > 0 ? data.nullBitmap : undefined))
    const offsets = columns.map((data) => data.offset)
    for (let row = 0; row < batch.numRows; row++) {
      out.ascii(rowStart)
      for (let column = 0; column < writers.length; column++) {
        const start = cellStarts[column]
        const bits = validity[column]
        out.range(start, 0, start.length)
        if (bits === undefined || isSet(bits, offsets[column] + row)) writers[column](row, out)
        else out.ascii(nullText)
      }
      out.ascii(rowEnd)
    }
  }
}
