import { createReadStream } from "node:fs"
import { type InputFile, placeOf } from "./Files.ts"
import { rawHead } from "./FileSource.ts"
import { unpacked } from "./Unpack.ts"

/** Bytes of a file, as they are unpacked. */
export interface Excerpt {
  /** From where on; the end of the file if that is before what was asked for. */
  readonly from: number
  readonly bytes: Uint8Array
  /** The file ends with them. */
  readonly isEnd: boolean
}

/**
 * Reads `length` bytes of a local file from `from` on. What is packed is unpacked from its beginning. Rejects with what
 * reading and unpacking fail with.
 */
export const readExcerpt = async (
  file: InputFile,
  from: number,
  length: number,
  signal: AbortSignal
): Promise<Excerpt> => {
  const { isPacked } = await rawHead(file, false)
  const place = placeOf(file)
  const start = isPacked ? 0 : Math.min(from, file.bytes ?? from)
  const stream = createReadStream(place, { start, signal })
  const chunks = stream as AsyncIterable<Uint8Array>
  // What is not packed must not be taken for packed in its middle.
  const all = isPacked ? unpacked(file.path, chunks, place, file.mostUnpacked) : chunks
  const parts: Array<Uint8Array> = []
  let at = start
  let isMore = false
  for await (const chunk of all) {
    signal.throwIfAborted()
    const wanted = chunk.subarray(Math.max(0, from - at), Math.max(0, from + length - at))
    if (wanted.length > 0) parts.push(wanted)
    at += chunk.length
    isMore = at > from + length
    if (isMore) break
  }
  stream.destroy()
  return { from: Math.min(from, at), bytes: new Uint8Array(Buffer.concat(parts)), isEnd: !isMore }
}
