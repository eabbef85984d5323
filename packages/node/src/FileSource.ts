import { type DecodeRequest, type Decoding, type Source, type SourceBatch } from "@sojourn/core"
import * as Stream from "effect/Stream"
import { createReadStream } from "node:fs"
import { fileError } from "./FileError.ts"
import { type InputFile, isStandardInput, placeOf } from "./Files.ts"
import type { FormatChoice, Formats } from "./Formats.ts"
import { decodedGroups } from "./Groups.ts"
import { type OpenFile, memoryFile, openWhereItLies } from "./OpenFile.ts"
import { storedChunks, storedHead } from "./Stores.ts"
import { streamInput } from "./StreamInput.ts"
import { type Chunks, isPacked, unpacked, withHead } from "./Unpack.ts"

/** Bytes read at a time. */
const chunkSize = 4 * 1024 * 1024

/** Bytes that tell whether a file is packed. */
const packedHead = 4

/** Bytes that tell the format. */
const formatHead = 64

/** A file as a source, so that another thread can open it. */
export interface FileSource extends Source {
  readonly uri: string
  readonly file: InputFile
  readonly format: FormatChoice | null
}

export const isFileSource = (source: Source): source is FileSource => "file" in source

/** A file (or standard input) as a source: its bytes read, unpacked and decoded as they come. */
export const fileSource = (
  formats: Formats,
  uri: string,
  file: InputFile,
  format: FormatChoice | null
): FileSource => ({
  name: file.path,
  bytes: file.bytes,
  uri,
  file,
  format,
  read: (request) =>
    Stream.fromAsyncIterable(decodedFile(formats, uri, file, format, request), (cause) =>
      fileError("read", file.path, cause)
    )
})

/** The batches of a file. Throws what reading throws. */
export const decodedFile = async function* (
  formats: Formats,
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
  const { all, head } = await withHead(unpacked(file.path, chunks, seekable, file.mostUnpacked), formatHead)
  try {
    const choice = formats.ofInput(format, file.path, head)
    if (formats.isFileFormat(choice)) {
      const opened = await anyPlace(file, all)
      try {
        yield* decodedGroups(formats, file.path, choice, request, opened)
      } finally {
        await opened.close()
      }
      return
    }
    for await (const chunk of all) {
      decoding ??= formats.openDecoding(format, file.path, head, request)
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

/** An input to be read at any place: where it lies, or, if it is packed or can be read only once, from memory. */
const anyPlace = async (file: InputFile, all: Chunks): Promise<OpenFile> => {
  const isLying = file.bytes !== undefined && !isPacked((await rawHead(file, false)).head)
  return isLying ? openWhereItLies(file) : memoryFile(all)
}

/** The beginning of an input, which can be read again. */
export interface InputHead {
  readonly format: FormatChoice
  /** The first unpacked bytes, at most so many as were asked for. */
  readonly bytes: Uint8Array
  /** That is all of it. */
  readonly whole: boolean
  /** Of a format that is read at any place, all of it. To be closed. */
  readonly file: OpenFile | undefined
}

/** Reads the beginning of an input: at most `length` unpacked bytes. */
export const inputHead = async (
  formats: Formats,
  uri: string,
  file: InputFile,
  format: FormatChoice | null,
  length: number
): Promise<InputHead> => {
  const { chunks, seekable } = rawChunks(uri, file, true)
  const { all, head } = await withHead(unpacked(file.path, chunks, seekable, file.mostUnpacked), length + 1)
  try {
    const choice = formats.ofInput(format, file.path, head)
    return {
      format: choice,
      bytes: head.subarray(0, length),
      whole: head.length <= length,
      file: formats.isFileFormat(choice) ? await anyPlace(file, all) : undefined
    }
  } finally {
    await all.return()
  }
}

interface RawChunks {
  readonly chunks: Chunks
  readonly bytesRead: () => number
  /** The path, if the file can be opened a second time. */
  readonly seekable: string | undefined
}

const rawChunks = (uri: string, file: InputFile, keep: boolean): RawChunks => {
  const { bytes, path, stored } = file
  if (bytes !== undefined && stored === undefined) {
    const place = placeOf(file)
    const stream = createReadStream(place, { highWaterMark: chunkSize })
    return { chunks: stream as AsyncIterable<Uint8Array>, bytesRead: () => stream.bytesRead, seekable: place }
  }
  let read = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    const chunks =
      stored === undefined ? streamInput(isStandardInput(uri) ? "-" : path).chunks(keep) : storedChunks(stored)
    for await (const chunk of chunks) {
      read += chunk.length
      yield chunk
    }
  }
  return { chunks: counted(), bytesRead: () => read, seekable: undefined }
}

/**
 * The first bytes of a file as they lie there, and whether the file is packed: at most 1 MiB and a byte, or only
 * what tells whether it is packed.
 */
export const rawHead = async (file: InputFile, whole: boolean) => {
  const length = whole ? chunkSize + 1 : packedHead
  if (file.stored !== undefined) {
    const head = await storedHead(file.stored, length)
    return { head, isPacked: isPacked(head) }
  }
  const stream = createReadStream(placeOf(file), { end: length - 1 })
  const { head } = await withHead(stream as AsyncIterable<Uint8Array>, length)
  stream.destroy()
  return { head, isPacked: isPacked(head) }
}
