import { type RecordBatch, RecordBatchReader, RecordBatchStreamWriter } from "apache-arrow"

/** A batch as an Arrow IPC stream, which other threads, files and programs can read. */
export const packBatch = (batch: RecordBatch): Uint8Array => {
  const writer = new RecordBatchStreamWriter()
  writer.write(batch)
  writer.finish()
  return writer.toUint8Array(true)
}

/** The batch of {@link packBatch}. */
export const unpackBatch = (bytes: Uint8Array): RecordBatch => {
  const batch = RecordBatchReader.from(bytes).next().value
  if (batch === null || batch === undefined) throw new Error("the stream holds no batch")
  return batch as RecordBatch
}
