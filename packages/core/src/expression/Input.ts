import { type Data, DataType, Float64, type RecordBatch } from "apache-arrow"
import { columnData, lanes, textView, type TextView, validRows } from "../arrow/Columns.ts"
import { TextPool } from "../arrow/TextPool.ts"
import { storeInt64 } from "../time/Int64.ts"
import { Texts } from "./Texts.ts"
import type { ValueType } from "./Tree.ts"
import { bools, datesOf, doublesOf, kindOf, longsOf, makeLongs, textsOf, type Values } from "./Values.ts"

/**
 * A column of a batch as values of a type. JSON strings lose their quotes where text is wanted, and a double that is no
 * finite number is null.
 */
export const readColumn = (batch: RecordBatch, name: string, type: ValueType): Values => {
  const data = columnData(batch, name)
  const valid = validRows(data)
  const { offset } = data
  const rows = batch.numRows
  switch (kindOf[type]) {
    case "text":
      return readText(textView(batch, name), rows, type === "text")
    case "list":
      return { kind: "list", data, mask: -1, valid, failed: undefined }
    case "long":
      return longsOf(readLongs(data, rows), -1, valid)
    case "date":
      return datesOf((data.values as Int32Array).subarray(0, rows), -1, valid)
    case "double":
      return readDoubles(data, rows, valid)
    case "bool": {
      const truths = new Uint8Array(rows)
      const bits = data.values as Uint8Array
      for (let i = 0; i < rows; i++) truths[i] = (bits[(offset + i) >> 3] >> ((offset + i) & 7)) & 1
      return bools(truths, -1, valid)
    }
  }
}

const readLongs = (data: Data, rows: number): Int32Array => {
  if (!DataType.isInt(data.type) || data.type.bitWidth === 64) {
    return lanes((data.values as BigInt64Array).subarray(0, rows))
  }
  const longs = makeLongs(rows)
  for (let i = 0; i < rows; i++) storeInt64(longs, i, data.values[i])
  return longs
}

const readDoubles = (data: Data, rows: number, valid: Uint8Array | undefined): Values => {
  const given = (data.values as Float64Array).subarray(0, rows)
  const doubles = data.type instanceof Float64 ? given : Float64Array.from(given)
  let finite = valid
  for (let i = 0; i < rows; i++) {
    if (Number.isFinite(doubles[i]) || finite?.[i] === 0) continue
    if (finite === valid) finite = valid?.slice() ?? new Uint8Array(rows).fill(1)
    ;(finite as Uint8Array)[i] = 0
  }
  return doublesOf(doubles, -1, finite)
}

const readText = (view: TextView, rows: number, unquotes: boolean): Values => {
  const codes = view.codes.subarray(0, rows)
  if (!view.json || !unquotes) return textsOf(codes, Texts.ofVector(view.dictionary), -1)
  const pool = new TextPool()
  return textsOf(unquotedCodes(view, codes, pool), Texts.ofVector(pool.vector()), -1)
}

const quote = 0x22
const backslash = 0x5c
const decoder = new TextDecoder()
const encoder = new TextEncoder()

const unseen = -2

/** The codes of the texts of JSON tokens, which are put into `pool`. A dictionary may be much larger than its batch. */
const unquotedCodes = (view: TextView, codes: Int32Array, pool: TextPool): Int32Array => {
  const meaning = view.size > 4 * codes.length ? undefined : new Int32Array(view.size).fill(unseen)
  const sparse = new Map<number, number>()
  return codes.map((code) => {
    if (code < 0) return -1
    let found = meaning === undefined ? (sparse.get(code) ?? unseen) : meaning[code]
    if (found === unseen) {
      found = unquote(view, code, pool)
      if (meaning === undefined) sparse.set(code, found)
      else meaning[code] = found
    }
    return found
  })
}

/** Adds the text of a JSON token: a string without its quotes, `null` as null (-1), everything else as it is written. */
const unquote = ({ bytes, offsets }: TextView, code: number, pool: TextPool): number => {
  const start = offsets[code]
  const end = offsets[code + 1]
  if (bytes[start] !== quote) {
    // `null` is the only token of four bytes that begins with n.
    return bytes[start] === 0x6e && end - start === 4 ? -1 : pool.add(bytes, start, end)
  }
  if (!bytes.subarray(start, end).includes(backslash)) return pool.add(bytes, start + 1, end - 1)
  const text = encoder.encode(JSON.parse(decoder.decode(bytes.subarray(start, end))) as string)
  return pool.add(text, 0, text.length)
}
