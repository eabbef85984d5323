import { PluginError } from "@sojourn/core"
import { Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import { type Packing, packingOf } from "./Packing.ts"
import { bytesOf } from "./StoredBytes.ts"

/** Bytes that are taken from a file at a time. */
const chunkBytes = 1024 * 1024

/** Bytes that tell whether a file is packed. */
const packedHead = 4

/** The bytes of a file as they lie. `onRead` is told how many were taken. */
async function* rawChunks(file: NamedFile, onRead: (bytes: number) => void) {
  const blob = bytesOf(file)
  for (let at = 0; at < blob.size; at += chunkBytes) {
    const bytes = new Uint8Array(await blob.slice(at, at + chunkBytes).arrayBuffer())
    onRead(bytes.length)
    yield bytes
  }
}

/** The bytes of a file; gzip, zstd and a zip with one member are unpacked. Throws {@link PluginError}. */
export async function* unpackedChunks(file: NamedFile, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const packing = await packingIn(file)
  if (packing === "none") {
    yield* rawChunks(file, onRead)
    return
  }
  let read = 0
  const counted = (bytes: number) => {
    read += bytes
    onRead(bytes)
  }
  try {
    yield* await content[packing](file, counted)
  } catch (cause) {
    if (cause instanceof PluginError || cause instanceof DOMException || cause instanceof Told) throw cause
    throw new PluginError({
      plugin: "files",
      reason: "Data",
      message: `${file.name} is a damaged ${packing} file: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: `it breaks within its first ${read.toLocaleString("en")} bytes, and nothing was computed from what could be read: get it again${packing === "gzip" ? ", or use the command if it is several gzip files in one" : ""}`,
      cause
    })
  }
}

type Unpack = (file: NamedFile, onRead: (bytes: number) => void) => Promise<AsyncIterable<Uint8Array>>

/** What unpacks. The code for zstd and zip is loaded when it is needed. */
const content: Readonly<Record<Exclude<Packing, "none">, Unpack>> = {
  gzip: async (file, onRead) => {
    const counted = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        onRead(chunk.length)
        controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
      }
    })
    return bytesOf(file).stream().pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"))
  },
  zstd: async (file, onRead) => (await import("./Zstd.ts")).unzstd(rawChunks(file, onRead)),
  zip: async (file, onRead) => (await import("./Zip.ts")).unzip(file, onRead)
}

/** Whether bytes of the file can be had from any place, as nothing is packed. */
export const isPlain = async (file: NamedFile): Promise<boolean> => (await packingIn(file)) === "none"

const packingIn = async (file: NamedFile): Promise<Packing> =>
  packingOf(new Uint8Array(await bytesOf(file).slice(0, packedHead).arrayBuffer()))

/** At most so many unpacked bytes from the beginning of a file, and whether that is all. */
export const headOf = async (file: NamedFile, length: number) => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  let whole = true
  for await (const chunk of unpackedChunks(file, () => {})) {
    chunks.push(chunk)
    size += chunk.length
    whole = size <= length
    if (!whole) break
  }
  const bytes = new Uint8Array(await new Blob(chunks as Array<Uint8Array<ArrayBuffer>>).arrayBuffer())
  return { bytes: bytes.subarray(0, length), whole }
}
