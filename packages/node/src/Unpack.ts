import { PluginError } from "@sojourn/core"
import { Readable } from "node:stream"
import { crc32, createGunzip, createZstdDecompress } from "node:zlib"
import { type Entry, fromBuffer, open, type ZipFile } from "yauzl"
import { fileError } from "./Files.ts"

/** Bytes in order. */
export type Chunks = AsyncIterable<Uint8Array>

/**
 * The bytes inside: gzip, zstd and a zip with one member are unpacked, known by their first bytes and not by the name;
 * anything else is passed on. `path` opens a zip where it lies; without it (a stream) the zip is read into memory.
 */
export async function* unpacked(name: string, chunks: Chunks, path?: string): AsyncGenerator<Uint8Array> {
  const { head, all } = await withHead(chunks, 4)
  if (startsWith(head, [0x1f, 0x8b])) yield* through(name, all, "gzip")
  else if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) yield* through(name, all, "zstd")
  else if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) yield* onlyMember(name, all, path)
  else yield* all
}

/** The first bytes (fewer at the end of the input) and an iterable of everything. */
export const withHead = async (chunks: Chunks, length: number) => {
  const iterator = chunks[Symbol.asyncIterator]()
  const read: Array<Uint8Array> = []
  let size = 0
  while (size < length) {
    const next = await iterator.next()
    if (next.done === true) break
    read.push(next.value)
    size += next.value.length
  }
  const head = read.length === 1 ? read[0] : new Uint8Array(Buffer.concat(read))
  const all = async function*(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head, all: all() }
}

const startsWith = (bytes: Uint8Array, magic: ReadonlyArray<number>): boolean =>
  bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte)

const through = async function*(name: string, chunks: Chunks, kind: "gzip" | "zstd"): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(chunks)
  const options = { chunkSize: 256 * 1024 }
  const plain = kind === "gzip" ? createGunzip(options) : createZstdDecompress(options)
  let broken: unknown
  packed.on("error", (error) => plain.destroy((broken = error) as Error))
  packed.pipe(plain)
  try {
    yield* plain as AsyncIterable<Uint8Array>
  } catch (cause) {
    throw broken === undefined ? damaged(name, kind, cause) : fileError("read", name, broken)
  } finally {
    packed.destroy()
    plain.destroy()
  }
}

const damaged = (name: string, kind: string, cause: unknown): PluginError =>
  new PluginError({
    plugin: "files",
    reason: "Data",
    message: `${name} is a damaged ${kind} file: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "nothing was written; fetch the file again, or unpack it by hand and read what can be saved",
    cause
  })

const onlyMember = async function*(name: string, chunks: Chunks, path: string | undefined): AsyncGenerator<Uint8Array> {
  const zip = path === undefined ? await openBuffer(name, chunks) : await openPath(name, path)
  try {
    const members = await entries(name, zip)
    if (members.length !== 1) {
      throw new PluginError({
        plugin: "files",
        reason: "Unsupported",
        message: `${name} is a zip with ${members.length} files; one is expected`,
        hint: "unpack it and name the files, or the directory"
      })
    }
    const [member] = members
    const stream = await new Promise<Readable>((done, fail) =>
      zip.openReadStream(member, (error, opened) => (error ? fail(damaged(name, "zip", error)) : done(opened as Readable)))
    )
    let sum = 0
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        sum = crc32(chunk, sum)
        yield chunk
      }
    } catch (cause) {
      throw damaged(name, "zip", cause)
    }
    if (sum !== member.crc32) throw damaged(name, "zip", new Error("its checksum does not match"))
  } finally {
    zip.close()
  }
}

const zipOptions = { lazyEntries: true, autoClose: false } as const

const openPath = (name: string, path: string) =>
  new Promise<ZipFile>((done, fail) =>
    open(path, zipOptions, (error, zip) => (error ? fail(damaged(name, "zip", error)) : done(zip as ZipFile)))
  )

const openBuffer = async (name: string, chunks: Chunks) => {
  const parts: Array<Uint8Array> = []
  for await (const chunk of chunks) parts.push(chunk)
  return new Promise<ZipFile>((done, fail) =>
    fromBuffer(Buffer.concat(parts), zipOptions, (error, zip) => (error ? fail(damaged(name, "zip", error)) : done(zip as ZipFile)))
  )
}

/** The members of a zip that are files. */
const entries = (name: string, zip: ZipFile) =>
  new Promise<ReadonlyArray<Entry>>((done, fail) => {
    const found: Array<Entry> = []
    zip.on("entry", (entry: Entry) => {
      if (!entry.fileName.endsWith("/")) found.push(entry)
      zip.readEntry()
    })
    zip.on("end", () => done(found))
    zip.on("error", (error: unknown) => fail(damaged(name, "zip", error)))
    zip.readEntry()
  })
