import type { Summary, Table } from "@sojourn/client"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Block } from "./TableFile.ts"

/** A table as the directory of results has it: its rows are in the file `file`. */
export interface StoredTable extends Table {
  readonly file: string
  readonly blocks: ReadonlyArray<Block>
  /** What a reader gets who names no columns. */
  readonly shown: ReadonlyArray<string>
}

/** What stands in `results.json`, which is written last. */
export interface StoredResults {
  readonly summary: Summary
  readonly tables: ReadonlyArray<StoredTable>
  /** Name of the column of users: it is ordered as users are. */
  readonly user: string
  /** Zone that decides dates in filters. */
  readonly timezone: string
}

export const resultsFile = "results.json"

/** The results in a directory; undefined where a run has not come to its end. */
export const readResults = async (directory: string): Promise<StoredResults | undefined> => {
  const text = await readFile(join(directory, resultsFile), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error
  })
  return text === undefined ? undefined : (JSON.parse(text) as StoredResults)
}
