import { type DecodeRequest, PluginError, type Source, type SourceBatch } from "@sojourn/core"
import * as Stream from "effect/Stream"
import { Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import { unpackedChunks } from "./Bytes.ts"
import { type FormatChoice, formatOf, isFileFormat, openDecoding, openFileDecoding } from "./Formats.ts"

/** A file of the browser as a source. */
export const blobSource = (file: NamedFile, format: FormatChoice | null): Source => ({
  name: file.name,
  bytes: file.blob.size,
  read: (request) =>
    Stream.fromAsyncIterable(decodedBlob(file, format, request), (cause) => {
      if (cause instanceof PluginError) return cause
      if (cause instanceof Told) return unanswered(cause)
      if (cause instanceof DOMException) return unreadable(file, cause)
      throw cause
    })
})

/** The batches of a file. Throws {@link PluginError}, and a `DOMException` where the browser cannot read. */
export async function* decodedBlob(
  file: NamedFile,
  format: FormatChoice | null,
  request: DecodeRequest
): AsyncGenerator<SourceBatch> {
  let unread = 0
  const chunks = unpackedChunks(file, (bytes) => (unread += bytes))
  const first = await chunks.next()
  if (first.done === true) return
  const choice = formatOf(format, file.name, first.value.subarray(0, 64))
  if (isFileFormat(choice)) {
    yield* decodedGroups(file, choice, request)
    return
  }
  const decoding = openDecoding(choice, request)
  const batch = (decoded: ReturnType<typeof decoding.push>[number]) => {
    const bytes = unread
    unread = 0
    return Object.assign(decoded, { bytes, notes: decoding.notes() })
  }
  for (const decoded of decoding.push(first.value)) yield batch(decoded)
  for await (const chunk of chunks) for (const decoded of decoding.push(chunk)) yield batch(decoded)
  for (const decoded of decoding.end()) yield batch(decoded)
}

async function* decodedGroups(file: NamedFile, format: FormatChoice, request: DecodeRequest) {
  const decoding = await openFileDecoding(format, file, request)
  let before = 0
  for (const [group, { bytes, records }] of decoding.groups.entries()) {
    yield Object.assign(await decoding.read(group, before), { bytes, notes: decoding.notes })
    before += records
  }
}

/** The server does not give the file any more. */
const unanswered = (cause: Told) =>
  new PluginError({
    plugin: "files",
    reason: "NotFound",
    message: cause.message,
    ...(cause.hint !== null && { hint: cause.hint }),
    cause
  })

const unreadable = ({ name }: NamedFile, cause: DOMException) =>
  new PluginError({
    plugin: "files",
    reason: "NotFound",
    message: `${name} cannot be read any more: it was changed, moved or removed after it was chosen`,
    hint: "choose it again",
    cause
  })
