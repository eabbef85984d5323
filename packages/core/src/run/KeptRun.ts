import type { RecordBatch } from "apache-arrow"
import { columnData, int64Column, isJson, lanes, recordBatch, textColumn, textView } from "../arrow/Columns.ts"
import { packBatch } from "../arrow/Ipc.ts"
import { TextPool } from "../arrow/TextPool.ts"
import { orderEvents } from "../engine/OrderEvents.ts"
import type { Plan } from "../plan/Plan.ts"
import { type Block, Merge } from "./Merge.ts"
import { placeColumn } from "./Place.ts"
import type { Run } from "./Run.ts"
import { type RunReader, userOf } from "./RunReader.ts"
import { pieceRows, type SpilledPiece } from "./SpilledRun.ts"

/** A run whose places have the ids of kept parts, with the numbers of the parts that these are now. It is changed. */
export const placedRun = (run: Run, parts: ReadonlyMap<number, number>): Run => {
  const words = run.columns.find(({ name }) => name === placeColumn)?.words ?? new Int32Array(0)
  for (let i = 1; i < words.length; i += 2) words[i] = parts.get(words[i]) ?? unknown(words[i])
  return run
}

const unknown = (id: number): never => {
  throw new Error(`nothing is known of part ${id}`)
}

/**
 * Runs as one, piece by piece, each user's events by time and place, without those of some parts; in places stand the
 * ids under which parts are kept.
 */
export function* keptRun(
  { validate }: Pick<Plan, "validate">,
  runs: ReadonlyArray<RunReader>,
  voided: ReadonlySet<number>,
  ids: ReadonlyMap<number, number>
): Generator<SpilledPiece> {
  const user = validate.user.name
  const merge = new Merge(user, runs, voided)
  for (const block of merge.blocks({ from: undefined, to: undefined }, pieceRows)) {
    if (block.events.numRows === 0) continue
    const { events } = orderEvents({ validate, order: { columns: [], tie: "position" } }, block)
    const { batch, lastUser } = withIds(events, user, block.ends, ids)
    yield { rows: batch.numRows, lastUser, bytes: packBatch(batch) }
  }
}

/** With ids in places, and no user without events among the texts. */
const withIds = (events: RecordBatch, user: string, ends: Block["ends"], ids: ReadonlyMap<number, number>) => {
  const { bytes, codes, offsets } = textView(events, user)
  const users = new TextPool()
  const ownCodes = new Int32Array(events.numRows)
  let from = 0
  for (const end of ends) {
    const code = codes[from]
    ownCodes.fill(users.add(bytes, offsets[code], offsets[code + 1]), from, end)
    from = end
  }
  const columns = events.schema.fields.map((field) => {
    const { name } = field
    if (name === user) return { name, data: textColumn(ownCodes, users.vector()) }
    const data = columnData(events, name)
    return {
      name,
      json: isJson(field),
      data: name === placeColumn ? withIdsOf(data.values as BigInt64Array, ids) : data
    }
  })
  return { batch: recordBatch(columns, events.numRows), lastUser: userOf({ users }, users.size - 1) }
}

const withIdsOf = (places: BigInt64Array, ids: ReadonlyMap<number, number>) => {
  const own = places.slice()
  const words = lanes(own)
  for (let i = 1; i < words.length; i += 2) {
    const id = ids.get(words[i])
    if (id === undefined) throw new Error(`part ${words[i]} is not kept`)
    words[i] = id
  }
  return int64Column(own)
}
