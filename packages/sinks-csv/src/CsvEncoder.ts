import { ByteWriter, type Encoder, defineEncoder, type TextFormat, TextTable } from "@sojourn/core"
import * as Schema from "effect/Schema"

export const CsvEncoderOptions = Schema.Struct({
  delimiter: Schema.optionalKey(
    Schema.Literals([",", ";", "\t", "|"]).annotate({
      description: "What stands between two fields. Default: a comma."
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
  open: ({ delimiter = "," }, schema) => {
    const format = csvFormat(delimiter.charCodeAt(0), schema.fields.length)
    const table = new TextTable(schema, format)
    const out = new ByteWriter()
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
      encode: (batch) => {
        table.write(batch, out)
        return out.take()
      },
      stateless: true,
      end: () => new Uint8Array(0)
    }
  }
})

const lineFeed = 10
const carriageReturn = 13
const quote = 34
const encoder = new TextEncoder()

const csvFormat = (delimiter: number, columns: number): TextFormat => {
  const between = Uint8Array.of(delimiter)
  const highest = Math.max(delimiter, quote)
  return {
    name: "csv",
    null: "",
    quote: "",
    writeText: (out, bytes, start, end) => {
      if (start === end) return writeQuoted(out, bytes, start, end)
      out.reserve(end - start)
      const target = out.bytes
      let at = out.length
      for (let i = start; i < end; i++) {
        const byte = bytes[i]
        if (byte <= highest && (byte === delimiter || byte === quote || byte === lineFeed || byte === carriageReturn)) {
          return writeQuoted(out, bytes, start, end)
        }
        target[at++] = byte
      }
      out.length = at
    },
    rowStart: "",
    cellStarts: Array.from({ length: columns }, (_, column) => (column === 0 ? new Uint8Array(0) : between)),
    rowEnd: "\n"
  }
}

const writeQuoted = (out: ByteWriter, bytes: Uint8Array, start: number, end: number): void => {
  out.byte(quote)
  for (let i = start; i < end; i++) {
    if (bytes[i] === quote) out.byte(quote)
    out.byte(bytes[i])
  }
  out.byte(quote)
}
