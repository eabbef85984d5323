import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js/lib/zip-core-native.js"

/** A zip file with these members, deflated. */
export const zip = async (members: Readonly<Record<string, string>>): Promise<Uint8Array> => {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false })
  for (const [name, content] of Object.entries(members)) await writer.add(name, new TextReader(content))
  return writer.close()
}
