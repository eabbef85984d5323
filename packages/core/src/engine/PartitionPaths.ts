import { DataType, type RecordBatch } from "apache-arrow"
import { columnData, textView } from "../arrow/Columns.ts"
import { selectBatch } from "./Rows.ts"
import { isSet } from "../text/TextCell.ts"
import { dateText } from "../time/Print.ts"

/** What stands for null, and for the empty text, in the names of partitions, as Apache Hive has it. */
const nullName = "__HIVE_DEFAULT_PARTITION__"

/** The rows of a batch by the partition that they belong to, such as `date=2025-11-16/device=phone`. */
export const partitionPaths =
  (columns: ReadonlyArray<string>) =>
  (batch: RecordBatch): ReadonlyMap<string, Int32Array> => {
    const names = columns.map((column) => valueNames(batch, column, `${escaped(column)}=`))
    const [first] = names
    const pathOf = names.length === 1 ? first : (row: number) => names.map((name) => name(row)).join("/")
    const rows = new Map<string, Array<number>>()
    for (let row = 0; row < batch.numRows; row++) {
      const path = pathOf(row)
      const known = rows.get(path)
      if (known === undefined) rows.set(path, [row])
      else known.push(row)
    }
    return new Map([...rows].map(([path, of]) => [path, Int32Array.from(of)]))
  }

/** The rows of a batch that belong to some partitions. */
export const rowsIn = (batch: RecordBatch, columns: ReadonlyArray<string>, paths: ReadonlySet<string>): RecordBatch => {
  const isWanted = new Uint8Array(batch.numRows)
  for (const [path, rows] of partitionPaths(columns)(batch))
    if (paths.has(path)) for (const row of rows) isWanted[row] = 1
  return selectBatch(
    batch,
    Int32Array.from(isWanted.keys()).filter((row) => isWanted[row] === 1)
  )
}

/** How the values of a column stand in paths, after `prefix`. */
const valueNames = (batch: RecordBatch, column: string, prefix: string): ((row: number) => string) => {
  const data = columnData(batch, column)
  const { type } = data
  if (DataType.isBool(type)) {
    const bit = (row: number) => isSet(data.values, data.offset + row)
    return remembered((row) => (data.getValid(row) ? bit(row) : undefined), prefix, String)
  }
  if (DataType.isDate(type) || DataType.isInt(type)) {
    const values = data.values as Int32Array | BigInt64Array
    const print = DataType.isDate(type) ? (days: number | bigint) => dateText(Number(days)) : String
    return remembered((row) => (data.getValid(row) ? values[row] : undefined), prefix, print)
  }
  const { bytes, codes, offsets } = textView(batch, column)
  return remembered(
    (row) => (codes[row] < 0 || offsets[codes[row]] === offsets[codes[row] + 1] ? undefined : codes[row]),
    prefix,
    (code) => escaped(decoder.decode(bytes.subarray(offsets[code], offsets[code + 1])))
  )
}

/** Names each value once; undefined is null. */
const remembered = <A>(valueAt: (row: number) => A | undefined, prefix: string, print: (value: A) => string) => {
  const known = new Map<A | undefined, string>([[undefined, `${prefix}${nullName}`]])
  return (row: number): string => {
    const value = valueAt(row)
    let name = known.get(value)
    if (name === undefined) {
      name = prefix + print(value as A)
      known.set(value, name)
    }
    return name
  }
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** What Hive writes as `%` and two digits: what file systems, shells and globs take for something else. */
const special = /[\p{Cc}"#%'*/:=?\\{[\]^]/gu

const escaped = (text: string): string =>
  text.replace(special, (char) =>
    Array.from(encoder.encode(char), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
  )
