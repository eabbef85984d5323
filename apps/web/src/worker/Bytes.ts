import { PluginError } from "@sojourn/core"
import type { NamedFile } from "../engine/Engine.ts"

/** Bytes that are taken from a file at a time. */
const chunkBytes = 1024 * 1024

/** Bytes that tell whether a file is packed. */
const packedHead = 4

/** The bytes of a file as they lie. `onRead` is told how many were taken. */
async function* rawChunks({ blob }: NamedFile, onRead: (bytes: number) => void) {
  for (let at = 0; at < blob.size; at += chunkBytes) {
    const bytes = new Uint8Array(await blob.slice(at, at + chunkBytes).arrayBuffer())
    onRead(bytes.length)
    yield bytes
  }
}

/** The bytes of a file, unpacked if it is gzip. Throws {@link PluginError}. */
export async function* unpackedChunks(file: NamedFile, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const packing = await packingOf(file)
  if (packing === "none") {
    yield* rawChunks(file, onRead)
    return
  }
  if (packing !== "gzip") {
    throw new PluginError({
      plugin: "files",
      reason: "Unsupported",
      message: `${file.name} is packed as ${packing}, which a browser cannot unpack`,
      hint: "unpack it first; the command sojourn reads it as it is"
    })
  }
  let read = 0
  const counted = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      read += chunk.length
      onRead(chunk.length)
      controller.enqueue(chunk as Uint8Array<ArrayBuffer>)
    }
  })
  const stream = file.blob.stream().pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"))
  try {
    for await (const chunk of stream) yield chunk
  } catch (cause) {
    throw new PluginError({
      plugin: "files",
      reason: "Data",
      message: `${file.name} is damaged: its gzip data ends or breaks after ${read.toLocaleString("en")} bytes`,
      hint: "get the file again; nothing was computed from what could be read",
      cause
    })
  }
}

/** Whether bytes of the file can be had from any place, as nothing is packed. */
export const isPlain = async (file: NamedFile): Promise<boolean> => (await packingOf(file)) === "none"

const packingOf = async ({ blob }: NamedFile): Promise<"none" | "gzip" | "zstd" | "zip"> => {
  const [a, b, c, d] = new Uint8Array(await blob.slice(0, packedHead).arrayBuffer())
  if (a === 0x1f && b === 0x8b) return "gzip"
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return "zstd"
  return a === 0x50 && b === 0x4b && (c === 3 || c === 5) && (d === 4 || d === 6) ? "zip" : "none"
}

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
