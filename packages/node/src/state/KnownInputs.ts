import { PluginError, type Source } from "@sojourn/core"
import { createHash, type Hash } from "node:crypto"
import { createReadStream } from "node:fs"
import { realpath, stat } from "node:fs/promises"
import { sep } from "node:path"
import { fileError } from "../FileError.ts"
import { type FileSource, isFileSource, rawHead } from "../FileSource.ts"
import type { Formats } from "../Formats.ts"
import { piecesOf } from "../threads/crew.ts"
import type { KnownFile } from "./StateFile.ts"

/** What an input is, compared with what is known of it. */
export type Change = "same" | "grown" | "changed" | "new"

/** An input as it is now. */
export interface Input {
  readonly source: FileSource
  readonly bytes: number
  readonly content: string
  readonly format: string | null
  readonly change: Change
  readonly known: KnownFile | undefined
  /** It begins with all that is known of it. */
  readonly continues: boolean
  /** When a local file was written last, to see whether it is being written. */
  readonly written: bigint | undefined
}

const chunkBytes = 1024 * 1024

/**
 * Compares an input with the file that is known under its path. What was read of it is good for more of it if its
 * beginning is the same, ended between two records, and is read in the same format. Throws {@link PluginError}.
 */
export const inputOf = async (formats: Formats, source: Source, known: KnownFile | undefined): Promise<Input> => {
  if (!isFileSource(source)) {
    throw new PluginError({
      plugin: "state",
      reason: "Config",
      message: `a state cannot keep ${source.name}: only of a file it is known whether it has changed`,
      hint: "run without --state"
    })
  }
  if (source.file.bytes === undefined) {
    throw new PluginError({
      plugin: "state",
      reason: "Config",
      message: `a state cannot keep ${source.name}, which can be read only once`,
      hint: "put it into a file, or run without --state"
    })
  }
  const { file } = source
  const { bytes } = source.file
  const { stored } = file
  if (stored !== undefined) {
    const content = `version ${stored.version}`
    const change = known === undefined ? "new" : known.content === content ? "same" : "changed"
    return { source, bytes, content, format: null, change, known, continues: change === "same", written: undefined }
  }
  try {
    const { mtimeNs, size } = await stat(file.path, { bigint: true })
    if (BigInt(bytes) !== size) throw changing(file.path)
    const { prefix, whole } = await digests(file.path, bytes, known?.bytes)
    const format = await formatOf(formats, source)
    const input = { source, bytes, content: whole, format, known }
    const isSame = known !== undefined && known.bytes === bytes && known.content === whole
    const continues = isSame || (known !== undefined && known.bytes < bytes && known.content === prefix)
    const isGrown =
      known !== undefined && continues && known.counts.settled && known.format !== null && known.format === format
    const change = known === undefined ? "new" : isSame ? "same" : isGrown ? "grown" : "changed"
    return { ...input, change, continues, written: mtimeNs }
  } catch (cause) {
    throw fileError("read", file.path, cause)
  }
}

/** Throws {@link PluginError} if an input was written to since it was compared. */
export const checkUnchanged = async ({ bytes, source, written }: Input): Promise<void> => {
  if (written === undefined) return
  const { path } = source.file
  const now = await stat(path, { bigint: true }).catch((cause: unknown) => {
    throw fileError("read", path, cause)
  })
  if (now.mtimeNs === written && now.size === BigInt(bytes)) return
  throw changing(path)
}

const changing = (path: string): PluginError =>
  new PluginError({
    plugin: "state",
    reason: "Conflict",
    message: `${path} changed while it was read`,
    hint: "nothing was written; run it again when nobody writes to that file"
  })

/** The first path that lies in a directory. */
export const pathWithin = async (directory: string, sources: ReadonlyArray<Source>): Promise<string | undefined> => {
  const real = await realpath(directory).catch(() => undefined)
  if (real === undefined) return undefined
  for (const source of sources) {
    if (!isFileSource(source) || source.file.stored !== undefined || source.file.bytes === undefined) continue
    const path = await realpath(source.file.path).catch(() => "")
    if (path.startsWith(real + sep)) return source.file.path
  }
  return undefined
}

const formatOf = async (formats: Formats, source: FileSource): Promise<string | null> => {
  const { head, isPacked } = await rawHead(source.file, true)
  if (isPacked || formats.isFileFormat(formats.ofInput(source.format, source.file.path, head))) return null
  const pieces = piecesOf(formats, source, head)
  return pieces === undefined ? null : JSON.stringify(pieces)
}

/** The digests of a file's first bytes, as many as are asked for if it has more, and of all of them. */
const digests = async (path: string, bytes: number, prefixBytes: number | undefined) => {
  const hash = createHash("sha256")
  let prefix: string | undefined
  let at = 0
  const stream = createReadStream(path, { highWaterMark: chunkBytes, end: Math.max(0, bytes - 1) })
  for await (const chunk of bytes === 0 ? [] : (stream as AsyncIterable<Uint8Array>)) {
    const cut = prefixBytes === undefined ? -1 : prefixBytes - at
    if (cut >= 0 && cut < chunk.length) {
      hash.update(chunk.subarray(0, cut))
      prefix = textOf(hash.copy())
      hash.update(chunk.subarray(cut))
    } else hash.update(chunk)
    at += chunk.length
  }
  stream.destroy()
  return { prefix, whole: textOf(hash) }
}

const textOf = (hash: Hash): string => `sha256 ${hash.digest("hex")}`
