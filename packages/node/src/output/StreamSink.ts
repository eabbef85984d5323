import type { Encoding, PluginError, Sink } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { createReadStream, createWriteStream } from "node:fs"
import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import { fileError } from "../FileError.ts"
import { isStandardOutput } from "../Files.ts"

/** A table for standard output, a pipe or a device, which gets its bytes at commit, from a temporary file. */
export const streamSink = Effect.fn("streamSink")(function* (uri: string, encoding: Encoding) {
  const attempt = <A>(run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (cause): PluginError => fileError("write", uri, cause) })
  const directory = yield* Effect.acquireRelease(
    attempt(() => mkdtemp(join(tmpdir(), "sojourn-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const path = join(directory, "output")
  const handle = yield* Effect.acquireRelease(
    attempt(() => open(path, "wx", 0o600)),
    (handle) => Effect.promise(() => handle.close())
  )
  const write = (encode: () => Uint8Array) => attempt(() => handle.writeFile(encode()))
  yield* write(() => encoding.begin())
  const sink: Sink = {
    write: (batch) => write(() => encoding.encode(batch)),
    ...(encoding.stateless === true ? { writeEncoded: (bytes) => write(() => bytes) } : {}),
    prepare: write(() => encoding.end()),
    commit: attempt(() => pour(path, uri))
  }
  return sink
})

const pour = async (path: string, uri: string): Promise<void> => {
  const bytes = createReadStream(path)
  const poured = isStandardOutput(uri) ? toStandardOutput(bytes) : pipeline(bytes, createWriteStream(uri))
  await poured.catch((error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, closes the pipe: nothing is wrong.
    if (error.code !== "EPIPE") throw error
  })
}

/** A pipeline would leave listeners on it, one more with every run in a process. */
const toStandardOutput = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
  for await (const chunk of bytes) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain")
  }
}
