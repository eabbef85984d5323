import { existsSync } from "node:fs"
import { open, readFile, rename } from "node:fs/promises"

/** A value of a row: int64 and times are texts, so that none is rounded. */
export type Value = string | number | boolean | null | ReadonlyArray<string | null>
export type Row = Readonly<Record<string, Value>>

/** The system that this sink writes to: a file of tables. Put a database, or a service, in its place. */
export interface ExampleFile {
  readonly tables: Readonly<Record<string, ReadonlyArray<Row>>>
  /** The ids of what was committed, so that it is not committed twice. */
  readonly commits: ReadonlyArray<string>
}

export const readExample = async (path: string): Promise<ExampleFile> =>
  existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as ExampleFile) : { tables: {}, commits: [] }

/** Replaces a file at once: whoever reads it meanwhile, or after a crash, finds the old one or the new one. */
export const replaceExample = async (path: string, content: ExampleFile): Promise<void> => {
  await writeDurably(`${path}.new`, JSON.stringify(content))
  await rename(`${path}.new`, path)
}

export const writeDurably = async (path: string, text: string): Promise<void> => {
  const file = await open(path, "w")
  await file.writeFile(text)
  await file.sync()
  await file.close()
}
