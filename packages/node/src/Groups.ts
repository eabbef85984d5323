import { type DecodeRequest, type FileDecoding, PluginError, type RandomAccess, type SourceBatch } from "@sojourn/core"
import { fileError } from "./FileError.ts"
import type { FormatChoice, Formats } from "./Formats.ts"

/** The directory of a file of a format that has one. Fails with a {@link PluginError}. */
export const openGroups = (
  formats: Formats,
  path: string,
  format: FormatChoice,
  request: DecodeRequest,
  file: RandomAccess
): Promise<FileDecoding> => told(path, format, () => formats.openFileDecoding(format, path, request, file))

/** The batches of a file, or of its groups `from` to before `to`, with ordinals from the first of these on. */
export const decodedGroups = async function* (
  formats: Formats,
  path: string,
  format: FormatChoice,
  request: DecodeRequest,
  file: RandomAccess,
  { from, to }: { readonly from: number; readonly to: number } = { from: 0, to: Infinity }
): AsyncGenerator<SourceBatch> {
  const decoding = await openGroups(formats, path, format, request, file)
  let before = 0
  for (let group = from; group < Math.min(to, decoding.groups.length); group++) {
    const { bytes, records } = decoding.groups[group]
    const batch = await told(path, format, () => decoding.read(group, before))
    yield Object.assign(batch, { bytes, notes: decoding.notes })
    before += records
  }
}

/** What a decoder says of a file, with the file's name; what the system says as it is. */
const told = <A>(path: string, format: FormatChoice, run: () => Promise<A>): Promise<A> =>
  run().catch((cause: unknown) => {
    if (cause instanceof PluginError || (cause instanceof Error && "syscall" in cause))
      throw fileError("read", path, cause)
    throw new PluginError({
      plugin: format.name,
      reason: "Data",
      message: `cannot read ${path} as ${format.name}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "the file is damaged, or something else than its name says",
      cause
    })
  })
