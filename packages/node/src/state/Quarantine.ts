import {
  int64At,
  int64Lanes,
  PluginError,
  redactedFields,
  redactRejects,
  rejectFieldName,
  textView,
  unpackBatch
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { builtInFormats } from "../Formats.ts"
import { recover } from "../output/Journal.ts"
import { type Call, readStateFile } from "./StateFile.ts"
import { readSegment } from "./StateFiles.ts"

/** Samples of the rejects for one reason. */
const mostSamples = 3

/** The rejects of a state for one reason. */
export interface Quarantined {
  readonly code: string
  /** Of the first one: another may hold another number. */
  readonly reason: string
  readonly field: string | null
  readonly count: number
  readonly samples: ReadonlyArray<RejectSample>
}

/** A rejected record: what was found in the field at fault (else the record), and where it stands. */
export interface RejectSample {
  readonly value: string | null
  readonly source: string
  /** The line of its first byte; null where the format has no lines. */
  readonly line: number | null
  readonly event: number
}

/** The quarantine of a state: what is in it, and how the run was called that has left it. */
export const readQuarantine = Effect.fn("readQuarantine")(function* (directory: string) {
  yield* recover(builtInFormats, [directory])
  const { call, files, plan } = yield* readStateFile(directory)
  if (call === null) {
    return yield* new PluginError({
      plugin: "state",
      reason: "NotFound",
      message: `${directory} holds no state`,
      hint: "name the directory that was given to sojourn run with --state"
    })
  }
  const redacted = plan === null ? new Set<string>() : redactedFields(plan)
  const reasons = new Map<string, Quarantined & { count: number; readonly samples: Array<RejectSample> }>()
  for (const { rejects } of files) {
    for (const segment of rejects)
      add(reasons, redactRejects(unpackBatch(yield* readSegment(directory, segment)), redacted))
  }
  const all = [...reasons.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1))
  const found: { readonly call: Call; readonly reasons: ReadonlyArray<Quarantined> } = { call, reasons: all }
  return found
})

const add = (
  reasons: Map<string, Quarantined & { count: number; readonly samples: Array<RejectSample> }>,
  rejects: RecordBatch
): void => {
  const text = (name: string, row: number): string | null => {
    const { codes, dictionary } = textView(rejects, name)
    return codes[row] < 0 ? null : dictionary.get(codes[row])
  }
  const events = int64Lanes(rejects, "event")
  const lines = rejects.getChild("line")
  const names = new Set(rejects.schema.names.map(String))
  for (let row = 0; row < rejects.numRows; row++) {
    const code = text("code", row) ?? ""
    const field = text("field", row)
    const key = `${code}\u0000${field ?? ""}`
    const known = reasons.get(key) ?? { code, reason: text("reason", row) ?? "", field, count: 0, samples: [] }
    reasons.set(key, known)
    known.count++
    if (known.samples.length === mostSamples) continue
    const column = field === null ? "raw" : rejectFieldName(field)
    const line = lines?.get(row) as bigint | null
    known.samples.push({
      value: text(names.has(column) ? column : "raw", row),
      source: text("source", row) ?? "",
      line: line === null ? null : Number(line),
      event: int64At(events, row)
    })
  }
}
