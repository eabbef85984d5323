import { type Encoding, PluginError } from "@sojourn/core"
import { type Data, Field, makeData, RecordBatch, Schema, Struct } from "apache-arrow"
import { Footers, magic, takeApart } from "./Footer.ts"
import { type GroupColumn, groupColumn } from "./GroupColumn.ts"
import { type Compression, GroupWriter } from "./GroupWriter.ts"

/** Text of a group beyond which it ends early, as the writer holds a group in 32-bit memory several times. */
const mostText = 256 * 2 ** 20
/** Rows of a group after which its text is measured: counted from its first row, as batches must not matter. */
const stepRows = 64

/** A Parquet file as it is written, a row group at a time. */
export class ParquetEncoding implements Encoding {
  private readonly columns: ReadonlyArray<GroupColumn>
  private readonly schema: Schema
  private readonly groupRows: number
  private readonly writer: GroupWriter
  private readonly footers = new Footers()
  /** Rows of the group that is being filled. */
  private rows = 0
  private groups = 0
  /** Bytes of the file so far. */
  private length = 0

  constructor(schema: Schema, compression: Compression, groupRows: number) {
    this.groupRows = groupRows
    this.columns = schema.fields.map((field) => {
      const column = groupColumn(field, groupRows)
      if (column === undefined) throw noType(field)
      return column
    })
    this.schema = new Schema(schema.fields.map(({ name }, i) => new Field(name, this.columns[i].type, true)))
    this.writer = new GroupWriter(compression)
  }

  begin(): Uint8Array {
    this.length = magic.length
    return magic
  }

  encode(batch: RecordBatch): Uint8Array {
    const written: Array<Uint8Array> = []
    for (let from = 0; from < batch.numRows;) {
      const to = Math.min(batch.numRows, from + this.groupRows - this.rows, from + stepRows - (this.rows % stepRows))
      for (const [i, column] of this.columns.entries()) column.add(batch.data.children[i], from, to)
      this.rows += to - from
      if (this.rows === this.groupRows || (this.rows % stepRows === 0 && this.textBytes() > mostText)) {
        written.push(this.group())
      }
      from = to
    }
    return joined(written)
  }

  end(): Uint8Array {
    // A file without rows has its schema from a group without rows.
    const last = this.rows > 0 || this.groups === 0 ? [this.group()] : []
    return joined([...last, this.footers.bytes()])
  }

  private textBytes(): number {
    return this.columns.reduce((sum, { textBytes }) => sum + textBytes, 0)
  }

  private group(): Uint8Array {
    const { columns, rows, schema } = this
    this.rows = 0
    const children = columns.map((column): Data => column.take(rows))
    const type = new Struct(schema.fields)
    const batch = new RecordBatch(schema, makeData({ type, length: rows, nullCount: 0, children }))
    const group = takeApart(this.writer.write(batch))
    this.footers.add(group, this.length)
    this.length += group.body.length
    this.groups++
    return group.body
  }
}

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  if (parts.length === 1) return parts[0]
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

const noType = ({ name, type }: Field): PluginError =>
  new PluginError({
    plugin: "parquet",
    reason: "Unsupported",
    message: `column ${name} of type ${String(type)} cannot be written as parquet`,
    hint: "leave the column out of the output"
  })
