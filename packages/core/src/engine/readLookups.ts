import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { packBatch } from "../arrow/Ipc.ts"
import type { Enrich, Plan } from "../plan/Plan.ts"
import { Connections } from "../plugin/Connections.ts"
import { atPlace, PluginError } from "../plugin/PluginError.ts"
import type { Source } from "../plugin/Source.ts"
import { lastOrdinal } from "./lastOrdinal.ts"
import { LookupTableBuilder } from "./LookupTable.ts"
import { RejectCounts } from "./RejectCounts.ts"
import { attempt } from "./RunFailure.ts"

/** What was read of a file that is joined to events. */
export interface LookupFile {
  readonly name: string
  /** As summaries call it. */
  readonly source: string
  readonly records: number
  readonly rejects: RejectCounts
  /** Records whose key an earlier record had. */
  readonly doubled: number
  /** What is joined, for the threads: see `packBatch`. */
  readonly packed: Uint8Array
}

/**
 * Reads the files of a plan's enrich, each as a whole. Fails where one cannot be read, where it has records and none of
 * them has the key, and where a column cannot be computed.
 */
export const readLookups = (plan: Plan, bindings: ReadonlyMap<string, string>) =>
  Effect.forEach(plan.validate.enrich, (entry) => readLookup(plan, entry, bindings))

const readLookup = Effect.fnUntraced(function* (plan: Plan, entry: Enrich, bindings: ReadonlyMap<string, string>) {
  const { scan, timezone, validate } = plan
  const place = `event.enrich.${entry.name}`
  const connections = yield* Connections
  const placed = (error: PluginError) => atPlace(`${place}.source`, error)
  const sources = yield* connections.sources(entry.input).pipe(Effect.mapError(placed))
  const nulls = new Set(validate.null_values)
  const builder = new LookupTableBuilder(entry, scan.max_record_bytes, nulls, timezone, bindings)
  const rejects = new RejectCounts(new Set())
  let records = 0
  for (const source of sources) {
    let last = 0
    const batches = source.read(builder.request).pipe(Stream.mapError(placed))
    yield* Stream.runForEach(batches, (batch) => {
      last = Math.max(last, lastOrdinal(batch))
      rejects.add(batch.rejects)
      return attempt(() => builder.add(batch))
    })
    records += last
  }
  const { doubled, rows } = builder.finish()
  const source = shownName(entry, sources)
  if (rows.numRows === 0 && records > rejects.total) {
    return yield* new PluginError({
      plugin: "enrich",
      reason: "Config",
      message: `${place}.key: no record of ${source} has a value for "${entry.key}"`,
      hint: "name a column of the file, as it is written there"
    })
  }
  const file: LookupFile = { name: entry.name, source, records, rejects, doubled, packed: packBatch(rows) }
  return file
})

const shownName = ({ input }: Enrich, sources: ReadonlyArray<Source>): string =>
  sources.length === 1 ? sources[0].name : input.uri
