import { type DecodeRequest, type Decoding, PluginError, type Source, type SourceBatch } from "@sojourn/core"
import * as Stream from "effect/Stream"
import { createReadStream } from "node:fs"
import { fileError, type InputFile, standardStream } from "./Files.ts"
import { type FormatChoice, openDecoding } from "./Formats.ts"
import { standardInput } from "./StandardInput.ts"
import { type Chunks, unpacked, withHead } from "./Unpack.ts"

/** Bytes read at a time. */
const chunkSize = 1024 * 1024

/** A file (or standard input) as a source: its bytes read, unpacked and decoded as they come. */
export const fileSource = (uri: string, file: InputFile, format: FormatChoice | null): Source => ({
  name: file.path,
  bytes: file.bytes,
  read: (request) =>
    Stream.fromAsyncIterable(decoded(file.path, format, request, uri === standardStream ? undefined : file.path), (cause) =>
      cause instanceof PluginError ? cause : fileError("read", file.path, cause))
})

const decoded = async function*(
  name: string,
  format: FormatChoice | null,
  request: DecodeRequest,
  path: string | undefined
): AsyncGenerator<SourceBatch> {
  const { bytesRead, chunks } = rawChunks(path)
  let decoding: Decoding | undefined
  let taken = 0
  const { all, head } = await withHead(unpacked(name, chunks, path), 4)
  try {
    for await (const chunk of all) {
      decoding ??= openDecoding(format, name, head, request)
      for (const batch of decoding.push(chunk)) {
        const now = bytesRead()
        yield { ...batch, bytes: now - taken, notes: decoding.notes() }
        taken = now
      }
    }
    for (const batch of decoding?.end() ?? []) {
      yield { ...batch, bytes: bytesRead() - taken, notes: decoding?.notes() ?? [] }
      taken = bytesRead()
    }
  } finally {
    await all.return(undefined)
  }
}

/** The first unpacked bytes of an input, at most `length`, and whether that is all of it. It can be read again. */
export const sampleBytes = async (file: InputFile, uri: string, length: number) => {
  const path = uri === standardStream ? undefined : file.path
  const { all, head } = await withHead(unpacked(file.path, rawChunks(path, true).chunks, path), length + 1)
  await all.return(undefined)
  return { bytes: head.subarray(0, length), whole: head.length <= length }
}

const rawChunks = (path: string | undefined, keep = false): { readonly chunks: Chunks; readonly bytesRead: () => number } => {
  if (path === undefined) {
    let bytes = 0
    const counted = async function*(): AsyncGenerator<Uint8Array> {
      for await (const chunk of standardInput.chunks(keep)) {
        bytes += chunk.length
        yield chunk
      }
    }
    return { chunks: counted(), bytesRead: () => bytes }
  }
  const stream = createReadStream(path, { highWaterMark: chunkSize })
  return { chunks: stream as AsyncIterable<Uint8Array>, bytesRead: () => stream.bytesRead }
}
