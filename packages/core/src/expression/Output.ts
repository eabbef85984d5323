import {
  Bool,
  type Data,
  DateDay,
  DurationMicrosecond,
  Float64,
  Int64,
  makeData,
  TimestampMicrosecond
} from "apache-arrow"
import { textColumn } from "../arrow/Columns.ts"
import type { ValueType } from "./Tree.ts"
import type { Values } from "./Values.ts"

/** Values as an Arrow column of some rows; a place that failed is null. */
export const toArrow = (values: Values, type: ValueType, rows: number): Data => {
  const { failed, mask } = values
  if (values.kind === "list") return values.data
  if (values.kind === "text") {
    const codes = spread(values.codes, mask, rows)
    if (failed === undefined) return textColumn(codes, values.texts.dictionary())
    return textColumn(
      codes.map((code, i) => (failed[i & mask] === 0 ? code : -1)),
      values.texts.dictionary()
    )
  }
  const common = { length: rows, ...validity(values, rows) }
  switch (values.kind) {
    case "bool": {
      const data = new Uint8Array((rows + 7) >> 3)
      const { truths } = values
      for (let i = 0; i < rows; i++) data[i >> 3] |= truths[i & mask] << (i & 7)
      return makeData({ type: new Bool(), ...common, data })
    }
    case "date":
      return makeData({ type: new DateDay(), ...common, data: spread(values.days, mask, rows) })
    case "double":
      return makeData({ type: new Float64(), ...common, data: spread(values.doubles, mask, rows) })
    case "long": {
      const { buffer, byteOffset, length } = values.longs
      const longs = spread(new BigInt64Array(buffer as ArrayBuffer, byteOffset, length >> 1), mask, rows)
      if (type === "timestamp") return makeData({ type: new TimestampMicrosecond("UTC"), ...common, data: longs })
      if (type === "interval") return makeData({ type: new DurationMicrosecond(), ...common, data: longs })
      return makeData({ type: new Int64(), ...common, data: longs })
    }
  }
}

/** One value for every row. */
const spread = <A extends Int32Array | Float64Array | BigInt64Array>(array: A, mask: number, rows: number): A => {
  if (mask !== 0) return array
  const Constructor = array.constructor as new (length: number) => A
  const all = new Constructor(rows)
  all.fill(array[0] as never)
  return all
}

const validity = ({ failed, mask, valid }: Values, rows: number) => {
  if (valid === undefined && failed === undefined) return { nullCount: 0 }
  const nullBitmap = new Uint8Array((rows + 7) >> 3)
  let nullCount = rows
  for (let i = 0; i < rows; i++) {
    const place = i & mask
    if (valid?.[place] === 0 || (failed !== undefined && failed[place] !== 0)) continue
    nullBitmap[i >> 3] |= 1 << (i & 7)
    nullCount--
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap }
}
