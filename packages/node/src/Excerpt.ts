import { createReadStream } from "node:fs"
import { fileError } from "./FileError.ts"
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
  const parts: Array<Uint8Array> = []
  let end = 0
  let isMore = false
  for await (const { at, bytes } of chunksFrom(file, from, signal)) {
    const wanted = bytes.subarray(Math.max(0, from - at), Math.max(0, from + length - at))
    if (wanted.length > 0) parts.push(wanted)
    end = at + bytes.length
    isMore = end > from + length
    if (isMore) break
  }
  return { from: Math.min(from, end), bytes: new Uint8Array(Buffer.concat(parts)), isEnd: !isMore }
}

/** Some bytes of a file and where they are in it, unpacked. */
interface PlacedChunk {
  readonly at: number
  readonly bytes: Uint8Array
}

/**
 * The bytes of a local file from `from` on, as they are unpacked: what is packed comes from its beginning. The first piece
 * is empty and says where that is. Throws what reading and unpacking fail with.
 */
export const chunksFrom = async function* (
  file: InputFile,
  from: number,
  signal: AbortSignal
): AsyncGenerator<PlacedChunk> {
  const place = placeOf(file)
  try {
    const { isPacked } = await rawHead(file, false)
    let at = isPacked ? 0 : Math.min(from, file.bytes ?? from)
    yield { at, bytes: new Uint8Array(0) }
    const chunks = createReadStream(place, {
      start: at,
      signal,
      highWaterMark: chunkBytes
    }) as AsyncIterable<Uint8Array>
    // What is not packed must not be taken for packed in its middle.
    for await (const bytes of isPacked ? unpacked(file.path, chunks, place, file.mostUnpacked) : chunks) {
      signal.throwIfAborted()
      yield { at, bytes }
      at += bytes.length
    }
  } catch (cause) {
    throw signal.aborted ? cause : fileError("read", file.path, cause)
  }
}

const chunkBytes = 256 * 1024
