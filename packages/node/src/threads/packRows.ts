import type { FormatChoice, Formats } from "../Formats.ts"

/** Packs a group of rows of an output. */
export const packRows = async (
  formats: Formats,
  format: FormatChoice | null,
  uri: string,
  rows: Uint8Array
): Promise<Uint8Array> => {
  const packer = formats.packerOf(format, uri)
  if (packer === undefined) throw new Error(`nothing packs rows for ${uri}`)
  await packer.load()
  return packer.pack(rows)
}
