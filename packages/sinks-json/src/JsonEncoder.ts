import { ByteWriter, defineEncoder, type Encoder, type TextFormat, TextTable } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { writeJsonString } from "./JsonString.ts"

export const JsonEncoderOptions = Schema.Struct({
  layout: Schema.optionalKey(
    Schema.Literals(["lines", "array"]).annotate({
      description: "One object a line (the default), or all objects in one array."
    })
  )
})
export type JsonEncoderOptions = typeof JsonEncoderOptions.Type

/**
 * One object a row, its keys in the order of the columns, null written out. int64 are digits, doubles the shortest that
 * read back the same (NaN and the infinities are null), times and dates strings.
 */
export const jsonEncoder: Encoder<JsonEncoderOptions> = defineEncoder({
  name: "json",
  summary: "JSON, one object a line or one array",
  options: JsonEncoderOptions,
  extensions: ["jsonl", "ndjson", "json"],
  open: ({ layout = "lines" }, schema) => {
    const isArray = layout === "array"
    const table = new TextTable(schema, jsonFormat(schema.names.map(String), isArray))
    const out = new ByteWriter()
    let isEmpty = true
    return {
      begin: () => (isArray ? encoder.encode("[") : new Uint8Array(0)),
      encode: (batch) => {
        table.write(batch, out)
        const rows = out.take()
        const isFirst = isEmpty && batch.numRows > 0
        if (isFirst) isEmpty = false
        // In an array every row begins with the comma after the one before.
        return isFirst && isArray ? rows.subarray(1) : rows
      },
      stateless: !isArray,
      end: () => (isArray ? encoder.encode(isEmpty ? "]\n" : "\n]\n") : new Uint8Array(0))
    }
  }
})

const encoder = new TextEncoder()

const jsonFormat = (names: ReadonlyArray<string>, isArray: boolean): TextFormat => ({
  name: "json",
  null: "null",
  quote: '"',
  writeText: writeJsonString,
  rowStart: isArray ? ",\n{" : "{",
  cellStarts: names.map((name, column) => encoder.encode(`${column === 0 ? "" : ","}${JSON.stringify(name)}:`)),
  rowEnd: isArray ? "}" : "}\n"
})
