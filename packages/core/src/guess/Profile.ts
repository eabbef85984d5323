import { textView } from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import { foundText } from "../engine/FieldText.ts"
import type { EventBatch } from "../plugin/EventBatch.ts"

/** What a column of a sample holds. */
export interface ColumnProfile {
  /** Path of the field. */
  readonly path: string
  readonly records: number
  /** Records in which it is neither null nor blank. */
  readonly filled: number
  readonly distinct: number
  /** What its values are written as: the kind of most of them. */
  readonly kind: "text" | "number" | "boolean" | "object" | "list" | "empty"
  /** Text of every filled value, in order. */
  readonly values: ReadonlyArray<Uint8Array>
}

/** Profiles the columns of a sample that was decoded with all its fields wanted. */
export const profileColumns = (
  batches: ReadonlyArray<EventBatch>,
  fields: ReadonlyArray<string>
): ReadonlyArray<ColumnProfile> => fields.map((path) => profile(batches, path))

const profile = (batches: ReadonlyArray<EventBatch>, path: string): ColumnProfile => {
  const distinct = new Interner()
  const values: Array<Uint8Array> = []
  const kinds = new Map<ColumnProfile["kind"], number>()
  let records = 0
  for (const { records: batch } of batches) {
    const column = textView(batch, path)
    const texts = Array.from({ length: column.size }, (_, code) => foundText(column, code))
    const kindOf = texts.map((text, code) =>
      valueKind(column.json ? column.bytes[column.offsets[code]] : undefined, text)
    )
    for (const text of texts) if (!isBlank(text)) distinct.intern(text, 0, text.length)
    for (const code of column.codes) {
      if (code < 0 || isBlank(texts[code])) continue
      values.push(texts[code])
      kinds.set(kindOf[code], (kinds.get(kindOf[code]) ?? 0) + 1)
    }
    records += batch.numRows
  }
  const [kind] = [...kinds].sort((a, b) => b[1] - a[1])[0] ?? ["empty" as const]
  return { path, records, filled: values.length, distinct: distinct.size, kind, values }
}

const isBlank = (text: Uint8Array): boolean => text.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))

const decoder = new TextDecoder()

/** By the first byte of a JSON token, or by the look of plain text. */
const valueKind = (first: number | undefined, text: Uint8Array): ColumnProfile["kind"] => {
  switch (first) {
    case undefined:
      return /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(decoder.decode(text)) ? "number" : "text"
    case 0x22:
      return "text"
    case 0x7b:
      return "object"
    case 0x5b:
      return "list"
    case 0x74:
    case 0x66:
      return "boolean"
    default:
      return "number"
  }
}
