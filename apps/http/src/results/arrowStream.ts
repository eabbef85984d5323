import { BatchWriter, isJson, recordBatch, textView } from "@sojourn/core"
import { type Data, Dictionary, Field, List, makeData, type RecordBatch, Utf8 } from "apache-arrow"

/**
 * Encodes batches as one Arrow IPC stream with plain texts: each batch has dictionaries of its own here, which many
 * programs do not read from one stream.
 */
export const arrowStream = () => {
  const writer = new BatchWriter()
  return {
    begin: () => new Uint8Array(0),
    encode: (batch: RecordBatch) => {
      writer.write(plainTexts(batch))
      return writer.take()
    },
    end: () => {
      writer.finish()
      return writer.take()
    }
  }
}

const plainTexts = (batch: RecordBatch): RecordBatch =>
  recordBatch(
    batch.schema.fields.map((field, i) => {
      return { name: field.name, json: isJson(field), data: plain(batch.data.children[i]) }
    }),
    batch.numRows
  )

const plain = (data: Data): Data => {
  if (data.type instanceof Dictionary) return plainText(data)
  if (!(data.type instanceof List)) return data
  const child = plain(data.children[0])
  return data.clone(
    new List(new Field("item", child.type, true)),
    data.offset,
    data.length,
    data.nullCount,
    undefined,
    [child]
  )
}

const plainText = (texts: Data): Data<Utf8> => {
  const { length, nullBitmap, nullCount } = texts
  const { bytes, codes, offsets } = textView(recordBatch([{ name: "texts", data: texts }], length), "texts")
  const valueOffsets = new Int32Array(length + 1)
  for (let i = 0; i < length; i++) {
    const code = codes[i]
    valueOffsets[i + 1] = valueOffsets[i] + (code < 0 ? 0 : offsets[code + 1] - offsets[code])
  }
  const data = new Uint8Array(valueOffsets[length])
  for (let i = 0; i < length; i++) {
    if (codes[i] >= 0) data.set(bytes.subarray(offsets[codes[i]], offsets[codes[i] + 1]), valueOffsets[i])
  }
  return makeData({ type: new Utf8(), length, nullCount, nullBitmap, valueOffsets, data })
}
