import { ByteWriter, type Encoder, defineEncoder, type Room, TextTable } from "@sojourn/core"
import { type CsvCells, CsvWriter, type Kernels, makeKernels } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import * as Schema from "effect/Schema"
import { cellsOf } from "./cellsOf.ts"
import { csvFormat } from "./csvFormat.ts"

export const CsvEncoderOptions = Schema.Struct({
  delimiter: Schema.optionalKey(
    Schema.Literals([",", ";", "\t", "|"]).annotate({
      description: "What stands between two fields. Default: a comma."
    })
  ),
  spreadsheet: Schema.optionalKey(
    Schema.Literals(["exact", "safe"]).annotate({
      description:
        "safe: a text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it. Default: exact, as it is."
    })
  )
})
export type CsvEncoderOptions = typeof CsvEncoderOptions.Type

/**
 * CSV as in RFC 4180 but with LF: a header, a final newline, quotes only where they are needed. Null is an empty field,
 * the empty string `""`.
 */
export const csvEncoder: Encoder<CsvEncoderOptions> = defineEncoder({
  name: "csv",
  summary: "Comma-separated values, or separated by semicolons, tabs or bars",
  options: CsvEncoderOptions,
  extensions: ["csv", "tsv"],
  open: ({ delimiter = ",", spreadsheet = "exact" }, schema) => {
    const format = csvFormat(delimiter.charCodeAt(0), schema.fields.length, spreadsheet === "safe")
    const table = new TextTable(schema, format)
    const out = new ByteWriter()
    kernels ??= makeKernels()
    // The loops of the kernels write texts exactly.
    const writer = spreadsheet === "exact" && kernels && new CsvWriter(kernels, delimiter.charCodeAt(0))
    const encode = (batch: RecordBatch, room?: Room) => {
      const written = writer ? writeFast(writer, batch, room) : undefined
      if (written !== undefined) return written
      table.write(batch, out)
      return out.take()
    }
    return {
      begin: () => {
        for (const [column, name] of schema.names.entries()) {
          const bytes = encoder.encode(String(name))
          out.range(format.cellStarts[column], 0, format.cellStarts[column].length)
          format.writeText(out, bytes, 0, bytes.length)
        }
        out.byte(lineFeed)
        return out.take()
      },
      encode: (batch) => encode(batch),
      encodeInto: encode,
      stateless: true,
      end: () => new Uint8Array(0)
    }
  }
})

/** Of this thread: made when it is first needed, for it takes a millisecond. Nothing stays in it between two batches. */
let kernels: Kernels | undefined

/** Undefined if there is a type or a value in the batch that the kernels leave to {@link TextTable}. */
const writeFast = (writer: CsvWriter, batch: RecordBatch, room: Room | undefined): Uint8Array | undefined => {
  const columns: Array<CsvCells> = []
  for (const data of batch.data.children) {
    const cells = cellsOf(data)
    if (cells === undefined) return undefined
    columns.push(cells)
  }
  return writer.write(batch.numRows, columns, room)
}

const lineFeed = 10
const encoder = new TextEncoder()
