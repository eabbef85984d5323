import { type Data, makeData } from "apache-arrow"
import { type nullsOf, utf8Column } from "../../arrow/Columns.ts"
import type { TextPool } from "../../arrow/TextPool.ts"
import { arrowType } from "../ArrowType.ts"

/** Lists of texts: list `i` holds the texts numbered `codes[offsets[i]]` to `codes[offsets[i + 1] - 1]`. */
export const listColumn = (
  offsets: Int32Array,
  codes: Int32Array,
  texts: TextPool,
  nulls: ReturnType<typeof nullsOf> = { nullCount: 0, nullBitmap: null }
): Data => {
  const textOffsets = new Int32Array(codes.length + 1)
  for (const [i, code] of codes.entries()) {
    textOffsets[i + 1] = textOffsets[i] + texts.offsets[code + 1] - texts.offsets[code]
  }
  const bytes = new Uint8Array(textOffsets[codes.length])
  for (const [i, code] of codes.entries()) {
    bytes.set(texts.bytes.subarray(texts.offsets[code], texts.offsets[code + 1]), textOffsets[i])
  }
  return makeData({
    type: arrowType("list") as never,
    length: offsets.length - 1,
    ...nulls,
    valueOffsets: offsets,
    child: utf8Column(textOffsets, bytes)
  })
}
