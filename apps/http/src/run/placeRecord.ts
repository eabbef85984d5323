import type { PlacedRecord } from "@sojourn/client"
import {
  columnData,
  Connections,
  type EventBatch,
  int64At,
  int64Lanes,
  type PluginError,
  position
} from "@sojourn/core"
import { fileFormats, isFileSource, NodeConnections, readExcerpt } from "@sojourn/node"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Limits } from "../Options.ts"
import type { RecordQuery } from "./Job.ts"
import { findJobFiles, planSpec } from "./planRun.ts"

/** Bytes of a record that are given at most. */
const mostText = 2 ** 20

/** Where a record stands: its input is read up to there, as the run has read it. Null if there is no such record. */
export const placeRecord = Effect.fn("placeRecord")(function* (
  { event, input, source, spec }: RecordQuery,
  limits: Limits
) {
  const { plan } = yield* planSpec(spec, input, limits)
  const connections = NodeConnections.layer(fileFormats, { findFiles: findJobFiles(input) })
  const inputs = yield* Effect.flatMap(Connections, ({ sources }) => Effect.forEach(plan.scan.inputs, sources)).pipe(
    Effect.provide(connections)
  )
  const read = inputs.flat().find(({ name }) => name === source)
  if (read === undefined) return null
  const request = { columns: [], digest: false, maxRecordBytes: plan.scan.max_record_bytes }
  const found = yield* read.read(request).pipe(
    Stream.map((batch) => placeIn(batch, event)),
    Stream.filter((place) => place !== undefined),
    Stream.runHead
  )
  if (Option.isNone(found)) return null
  const { bytes, line, offset } = found.value
  const isLocal = isFileSource(read) && read.file.stored === undefined
  const text =
    isLocal && offset !== null && bytes !== null
      ? yield* Effect.tryPromise({
          try: (signal) => readExcerpt(read.file, offset, Math.min(bytes, mostText), signal),
          catch: (cause) => cause as PluginError
        }).pipe(Effect.map((excerpt) => new TextDecoder().decode(excerpt.bytes)))
      : null
  return { source, event, line, offset, bytes, text } satisfies PlacedRecord
}, Effect.scoped)

/** The place of a record in a batch that has it. */
const placeIn = ({ records, rejects }: EventBatch, event: number) => {
  for (const rows of [records, rejects]) {
    const ordinals = int64Lanes(rows, position.event)
    for (let row = 0; row < rows.numRows; row++) {
      if (int64At(ordinals, row) !== event) continue
      const at = (name: string) => (columnData(rows, name).getValid(row) ? int64At(int64Lanes(rows, name), row) : null)
      return { line: at(position.line), offset: at(position.offset), bytes: at(position.length) }
    }
  }
  return undefined
}
