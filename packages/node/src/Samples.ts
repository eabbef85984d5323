import { samples } from "@sojourn/recipes"
import * as Effect from "effect/Effect"
import { type FileHandle, mkdir, open } from "node:fs/promises"
import { dirname, join } from "node:path"
import { fileError } from "./FileError.ts"

/** Bytes, about, that are written at a time. */
const pieceBytes = 1 << 20

/** Recipes that have a sample. */
export const sampleNames: ReadonlyArray<string> = [...samples.keys()].sort()

/** What a sample consists of. */
export interface WrittenSample {
  /** In order, below the directory. */
  readonly files: ReadonlyArray<string>
  /** What is run in the directory to read it, after `sojourn run`. */
  readonly command: string
}

/** Writes the sample of a recipe below a directory, in place of files of the same names. `asOf`: milliseconds since 1970. */
export const writeSample = Effect.fn("writeSample")(function* (
  recipe: string,
  { asOf, directory, rows }: { readonly asOf: number; readonly directory: string; readonly rows: number }
) {
  const sample = samples.get(recipe)
  if (sample === undefined) throw new Error(`no sample of ${recipe}`)
  const files = yield* Effect.tryPromise({
    try: () => writePieces(directory, sample.pieces({ asOf, rows })),
    catch: (cause) => fileError("write", directory, cause)
  })
  const written: WrittenSample = { files, command: sample.command }
  return written
})

const writePieces = async (
  directory: string,
  pieces: Iterable<readonly [path: string, text: string]>
): Promise<ReadonlyArray<string>> => {
  const files: Array<string> = []
  let handle: FileHandle | undefined
  let waiting: Array<string> = []
  let bytes = 0
  const flush = async () => {
    await handle?.writeFile(waiting.join(""))
    waiting = []
    bytes = 0
  }
  try {
    for (const [path, text] of pieces) {
      if (files.at(-1) !== path) {
        await flush()
        await handle?.close()
        await mkdir(dirname(join(directory, path)), { recursive: true })
        handle = await open(join(directory, path), "w")
        files.push(path)
      }
      waiting.push(text)
      bytes += text.length
      if (bytes >= pieceBytes) await flush()
    }
    await flush()
  } finally {
    await handle?.close()
  }
  return files
}
