import { PluginError } from "@sojourn/core"
import { Readable } from "node:stream"
import { crc32, createGunzip } from "node:zlib"
import { type Entry, fromBuffer, open, type ZipFile } from "yauzl"
import { fileError } from "./FileError.ts"
import { isZstd, unzstd } from "./Zstd.ts"

/** Bytes in order. */
export type Chunks = AsyncIterable<Uint8Array>

/**
 * The bytes inside: gzip, zstd and a zip with one member are unpacked, known by their first bytes and not by the name;
 * anything else is passed on. `path` opens a zip where it lies; without it (a stream) the zip is read into memory.
 * What is packed fails after `most` bytes.
 */
export async function* unpacked(
  name: string,
  chunks: Chunks,
  path?: string,
  most = Infinity
): AsyncGenerator<Uint8Array> {
  const { all, head } = await withHead(chunks, 4)
  try {
    if (startsWith(head, gzip)) yield* bounded(name, most, content(name, "gzip", gunzipped(packed(name, all))))
    else if (isZstd(head)) yield* bounded(name, most, content(name, "zstd", unzstd(packed(name, all))))
    else if (startsWith(head, zip) || startsWith(head, emptyZip)) {
      const opened = path === undefined ? await openBuffer(name, all) : await openPath(name, path)
      yield* bounded(name, most, onlyMember(name, opened))
    } else yield* all
  } finally {
    await all.return()
  }
}

/** A small file can unpack to any size. */
const bounded = async function* (name: string, most: number, chunks: Chunks): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > most) {
      throw new PluginError({
        plugin: "files",
        reason: "Data",
        message: `${name} unpacks to more than ${most.toLocaleString("en")} bytes, the most that is allowed here`,
        hint: "unpack it, or divide it into several files"
      })
    }
    yield chunk
  }
}

/** The first bytes (fewer at the end of the input) and an iterator of everything, to be returned when it is left. */
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
  let isHeadLeft = head.length > 0
  // No generator, since one that was never begun would not pass on that it is left.
  const all = {
    next: (): Promise<IteratorResult<Uint8Array, undefined>> => {
      if (!isHeadLeft) return iterator.next()
      isHeadLeft = false
      return Promise.resolve({ done: false, value: head })
    },
    return: async (): Promise<IteratorResult<Uint8Array, undefined>> => {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    }
  }
  return { head, all }
}

/** Whether {@link unpacked} would unpack an input that begins like this. */
export const isPacked = (head: Uint8Array): boolean =>
  startsWith(head, gzip) || isZstd(head) || startsWith(head, zip) || startsWith(head, emptyZip)

const gzip = [0x1f, 0x8b]
const zip = [0x50, 0x4b, 0x03, 0x04]
const emptyZip = [0x50, 0x4b, 0x05, 0x06]

const startsWith = (bytes: Uint8Array, magic: ReadonlyArray<number>): boolean =>
  bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte)

/** Chunks whose failure is one of reading, so that what else goes wrong below is damage. */
const packed = async function* (name: string, chunks: Chunks): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (cause) {
    throw fileError("read", name, cause)
  }
}

const content = async function* (name: string, kind: string, chunks: Chunks): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (cause) {
    throw damaged(name, kind, cause)
  }
}

const gunzipped = async function* (chunks: Chunks): AsyncGenerator<Uint8Array> {
  const source = Readable.from(chunks)
  const plain = createGunzip({ chunkSize: 256 * 1024 })
  source.on("error", (error) => plain.destroy(error))
  source.pipe(plain)
  try {
    yield* plain as AsyncIterable<Uint8Array>
  } finally {
    source.destroy()
    plain.destroy()
  }
}

const damaged = (name: string, kind: string, cause: unknown): PluginError =>
  cause instanceof PluginError
    ? cause
    : new PluginError({
        plugin: "files",
        reason: "Data",
        message: `${name} is a damaged ${kind} file: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: "nothing was written; fetch the file again, or unpack it by hand and read what can be saved",
        cause
      })

const onlyMember = async function* (name: string, zip: ZipFile): AsyncGenerator<Uint8Array> {
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
      zip.openReadStream(member, (error, opened) => (error ? fail(damaged(name, "zip", error)) : done(opened)))
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
    open(path, zipOptions, (error, zip) => (error ? fail(damaged(name, "zip", error)) : done(zip)))
  )

const openBuffer = async (name: string, chunks: Chunks) => {
  const parts: Array<Uint8Array> = []
  for await (const chunk of packed(name, chunks)) parts.push(chunk)
  return new Promise<ZipFile>((done, fail) =>
    fromBuffer(Buffer.concat(parts), zipOptions, (error, zip) =>
      error ? fail(damaged(name, "zip", error)) : done(zip)
    )
  )
}

/** The members of a zip that are files; hidden ones, such as those that macOS adds, are left out. */
const entries = (name: string, zip: ZipFile) =>
  new Promise<ReadonlyArray<Entry>>((done, fail) => {
    const found: Array<Entry> = []
    zip.on("entry", (entry: Entry) => {
      if (!/\/$|^__MACOSX\/|(^|\/)\.[^/]*$/.test(entry.fileName)) found.push(entry)
      zip.readEntry()
    })
    zip.on("end", () => done(found))
    zip.on("error", (error: unknown) => fail(damaged(name, "zip", error)))
    zip.readEntry()
  })
