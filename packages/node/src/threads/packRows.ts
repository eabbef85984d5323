import { fileError } from "../FileError.ts"
import type { FormatChoice, Formats } from "../Formats.ts"

/** Packs a group of rows of an output. Throws `PluginError`. */
export const packRows = async (
  formats: Formats,
  format: FormatChoice | null,
  uri: string,
  rows: Uint8Array
): Promise<Uint8Array> => {
  const packer = formats.packerOf(format, uri)
  if (packer === undefined) throw new Error(`nothing packs rows for ${uri}`)
  try {
    await packer.load()
    return packer.pack(rows)
  } catch (cause) {
    throw fileError("write", uri, cause)
  }
}
