import {
  ByteWriter,
  defineEncoder,
  type Encoder,
  type Encoding,
  pickColumns,
  PluginError,
  type TextFormat,
  TextTable
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Schema from "effect/Schema"
import { writeJsonString } from "./JsonString.ts"

export const JsonEncoderOptions = Schema.Struct({
  layout: Schema.optionalKey(
    Schema.Literals(["lines", "array"]).annotate({
      description: "One object a line (the default), or all objects in one array."
    })
  ),
  key: Schema.optionalKey(
    Schema.String.annotate({
      description:
        "One object instead, with a member a row: this column, of text or times and each value once, names it."
    })
  )
})
export type JsonEncoderOptions = typeof JsonEncoderOptions.Type

/**
 * One object a row, its keys in the order of the columns, null written out. int64 are digits, doubles the shortest that
 * read back the same (NaN and the infinities are null), times and dates strings, and JSON stands as it is.
 */
export const jsonEncoder: Encoder<JsonEncoderOptions> = defineEncoder({
  name: "json",
  summary: "JSON, one object a line or one array",
  options: JsonEncoderOptions,
  extensions: ["jsonl", "ndjson", "json"],
  open: ({ key, layout = "lines" }, schema) => {
    const names = schema.names.map(String)
    if (key !== undefined) return joined("{", "}", keyedRows(key, names))
    if (layout === "array") return joined("[", "]", rowsOf(schema, names, true))
    const rows = rowsOf(schema, names, false)
    return { begin: () => nothing, encode: rows, stateless: true, end: () => nothing }
  }
})

const nothing = new Uint8Array(0)

/** Makes the text of batches. */
type Rows = (batch: RecordBatch) => Uint8Array

/** Rows that begin with the comma after the one before, in brackets. */
const joined = (open: string, close: string, rows: Rows): Encoding => {
  let isEmpty = true
  return {
    begin: () => encoder.encode(open),
    encode: (batch) => {
      const text = rows(batch)
      const isFirst = isEmpty && batch.numRows > 0
      if (isFirst) isEmpty = false
      return isFirst ? text.subarray(1) : text
    },
    end: () => encoder.encode(isEmpty ? `${close}\n` : `\n${close}\n`)
  }
}

const rowsOf = (schema: RecordBatch["schema"], names: ReadonlyArray<string>, isList: boolean): Rows => {
  const table = new TextTable(schema, jsonFormat(names, isList))
  const out = new ByteWriter()
  return (batch) => {
    table.write(batch, out)
    return out.take()
  }
}

/** Each row is a member, named by its key. */
const keyedRows = (key: string, names: ReadonlyArray<string>): Rows => {
  const ordered = [key, ...names.filter((name) => name !== key)]
  const format: TextFormat = {
    ...jsonFormat(ordered, true),
    rowStart: ",\n",
    cellStarts: ordered.map((name, i) =>
      encoder.encode(i === 0 ? "" : `${i === 1 ? ":{" : ","}${JSON.stringify(name)}:`)
    ),
    rowEnd: ordered.length === 1 ? ":{}" : "}"
  }
  const out = new ByteWriter()
  let table: TextTable | undefined
  return (batch) => {
    const picked = pickColumns(batch, ordered)
    if (picked.data.children[0].nullCount > 0) {
      throw new PluginError({
        plugin: "json",
        reason: "Data",
        message: `"${key}" names the members of an object and is null in a row`,
        hint: "leave out such rows with where, or give them a name with coalesce"
      })
    }
    table ??= new TextTable(picked.schema, format)
    table.write(picked, out)
    return out.take()
  }
}

const encoder = new TextEncoder()

const jsonFormat = (names: ReadonlyArray<string>, isArray: boolean): TextFormat => ({
  name: "json",
  null: "null",
  quote: '"',
  writeText: writeJsonString,
  writeJson: (out, bytes, start, end) => out.range(bytes, start, end),
  rowStart: isArray ? ",\n{" : "{",
  cellStarts: names.map((name, column) => encoder.encode(`${column === 0 ? "" : ","}${JSON.stringify(name)}:`)),
  rowEnd: isArray ? "}" : "}\n"
})
