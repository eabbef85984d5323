import { PluginError } from "@sojourn/core"
import { BlobReader, type FileEntry, ZipReader } from "@zip.js/zip.js/lib/zip-core-native.js"
import type { NamedFile } from "../engine/NamedFile.ts"
import { bytesOf } from "./StoredBytes.ts"

/** The content of the only file in a zip. `onRead` is told how many packed bytes were taken. Throws `Error`. */
export async function* unzip(file: NamedFile, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const { name } = file
  // It works in this worker, and starts no other.
  const zip = new ZipReader(new BlobReader(bytesOf(file) as Blob), {
    useWebWorkers: false,
    filenameValidation: "tolerant"
  })
  try {
    const entries = await zip.getEntries()
    const members = entries.filter((entry): entry is FileEntry => !entry.directory && !isHidden(entry.filename))
    if (members.length !== 1) {
      throw new PluginError({
        plugin: "files",
        reason: "Unsupported",
        message: `${name} is a zip with ${members.length} files; one is expected`,
        hint: "unpack it and choose the files"
      })
    }
    yield* contentOf(members[0], onRead)
  } finally {
    await zip.close()
  }
}

/** Such as those that macOS adds. */
const isHidden = (name: string): boolean => /^__MACOSX\/|(^|\/)\.[^/]*$/.test(name)

async function* contentOf(member: FileEntry, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const controller = new AbortController()
  let told = 0
  const onprogress = (read: number) => {
    onRead(read - told)
    told = read
  }
  const done = member.getData(writable, { checkSignature: true, signal: controller.signal, onprogress })
  // Whoever reads is told of a failure; here it is only kept from being nobody's.
  done.catch(() => {})
  try {
    for await (const chunk of readable) yield chunk
    await done
  } finally {
    controller.abort()
  }
}
