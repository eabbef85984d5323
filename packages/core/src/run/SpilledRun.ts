import { columnData, textView, validRows } from "../arrow/Columns.ts"
import { packBatch, unpackBatch } from "../arrow/Ipc.ts"
import { Merge } from "./Merge.ts"
import { wordsOf, wordType } from "./RowWords.ts"
import type { Run, RunColumn } from "./Run.ts"
import { type RunPiece, userOf, wholeRun } from "./RunReader.ts"

/** Rows of a piece, about: of every run that is merged there is one in memory, and there may be many runs. */
export const pieceRows = 16_384

/** A piece of a run as an Arrow IPC stream. */
export interface SpilledPiece extends RunPiece {
  readonly bytes: Uint8Array
}

/** A run piece by piece, each with dictionaries of its own, so that it can be read without the others. */
export function* spillRun(user: string, run: Run): Generator<SpilledPiece> {
  const merge = new Merge(user, [wholeRun(run)])
  for (const { ends, events } of merge.blocks({ from: undefined, to: undefined }, pieceRows)) {
    const users = textView(events, user)
    yield { rows: events.numRows, lastUser: userOf({ users }, ends.length - 1), bytes: packBatch(events) }
  }
}

/** The piece that was spilled so. */
export const readSpilled = (user: string, bytes: Uint8Array): Run => {
  const batch = unpackBatch(bytes)
  const users = textView(batch, user)
  const ends = new Int32Array(users.size)
  for (let row = 0; row < batch.numRows; row++) ends[users.codes[row]] = row + 1
  const columns = batch.schema.fields.flatMap(({ name }): ReadonlyArray<RunColumn> => {
    if (name === user) return []
    const data = columnData(batch, name)
    const type = wordType(data)
    const isText = type === "text"
    const view = isText ? textView(batch, name) : undefined
    const words = view?.codes ?? wordsOf(data)
    return [{ name, type, json: view?.json ?? false, words, valid: isText ? undefined : validRows(data), texts: view }]
  })
  return { rows: batch.numRows, users, ends, columns }
}
