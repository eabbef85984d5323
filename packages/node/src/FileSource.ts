import { type DecodeRequest, type Decoding, type Source, type SourceBatch } from "@sojourn/core"
import * as Stream from "effect/Stream"
import { createReadStream } from "node:fs"
import { fileError } from "./FileError.ts"
import { type InputFile, isStandardInput } from "./Files.ts"
import { type FormatChoice, openDecoding } from "./Formats.ts"
import { streamInput } from "./StreamInput.ts"
import { type Chunks, isPacked, unpacked, withHead } from "./Unpack.ts"

/** Bytes read at a time. */
const chunkSize = 1024 * 1024

/** Bytes that tell whether a file is packed. */
const packedHead = 4

/** A file as a source, so that another thread can open it. */
export interface FileSource extends Source {
  readonly uri: string
  readonly file: InputFile
  readonly format: FormatChoice | null
}

export const isFileSource = (source: Source): source is FileSource => "file" in source

/** A file (or standard input) as a source: its bytes read, unpacked and decoded as they come. */
export const fileSource = (uri: string, file: InputFile, format: FormatChoice | null): FileSource => ({
  name: file.path,
  bytes: file.bytes,
  uri,
  file,
  format,
  read: (request) =>
    Stream.fromAsyncIterable(decodedFile(uri, file, format, request), (cause) => fileError("read", file.path, cause))
})

/** The batches of a file. Throws what reading throws. */
export const decodedFile = async function* (
  uri: string,
  file: InputFile,
  format: FormatChoice | null,
  request: DecodeRequest
): AsyncGenerator<SourceBatch> {
  const { bytesRead, chunks, seekable } = rawChunks(uri, file, false)
  let decoding: Decoding | undefined
  let taken = 0
  // One list, which is still right when the last batch has been given.
  const notes: Array<string> = []
  const { all, head } = await withHead(unpacked(file.path, chunks, seekable), 4)
  try {
    for await (const chunk of all) {
      decoding ??= openDecoding(format, file.path, head, request)
      for (const batch of decoding.push(chunk)) {
        const now = bytesRead()
        notes.splice(0, Infinity, ...decoding.notes())
        yield Object.assign(batch, { bytes: now - taken, notes })
        taken = now
      }
    }
    const last = decoding?.end() ?? []
    notes.splice(0, Infinity, ...(decoding?.notes() ?? []))
    for (const batch of last) {
      yield Object.assign(batch, { bytes: bytesRead() - taken, notes })
      taken = bytesRead()
    }
  } finally {
    await all.return()
  }
}

/** The first unpacked bytes of an input, at most `length`, and whether that is all of it. It can be read again. */
export const sampleBytes = async (uri: string, file: InputFile, length: number) => {
  const { chunks, seekable } = rawChunks(uri, file, true)
  const { all, head } = await withHead(unpacked(file.path, chunks, seekable), length + 1)
  await all.return()
  return { bytes: head.subarray(0, length), whole: head.length <= length }
}

interface RawChunks {
  readonly chunks: Chunks
  readonly bytesRead: () => number
  /** The path, if the file can be opened a second time. */
  readonly seekable: string | undefined
}

const rawChunks = (uri: string, { bytes, path }: InputFile, keep: boolean): RawChunks => {
  if (bytes !== undefined) {
    const stream = createReadStream(path, { highWaterMark: chunkSize })
    return { chunks: stream as AsyncIterable<Uint8Array>, bytesRead: () => stream.bytesRead, seekable: path }
  }
  let read = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of streamInput(isStandardInput(uri) ? "-" : path).chunks(keep)) {
      read += chunk.length
      yield chunk
    }
  }
  return { chunks: counted(), bytesRead: () => read, seekable: undefined }
}

/**
 * The first bytes of a regular file as they lie there, and whether the file is packed: at most 1 MiB and a byte, or only
 * what tells whether it is packed.
 */
export const rawHead = async ({ path }: InputFile, whole: boolean) => {
  const length = whole ? chunkSize + 1 : packedHead
  const stream = createReadStream(path, { end: length - 1 })
  const { head } = await withHead(stream as AsyncIterable<Uint8Array>, length)
  stream.destroy()
  return { head, isPacked: isPacked(head) }
}
