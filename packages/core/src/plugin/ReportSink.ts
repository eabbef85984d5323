import type { RecordBatch } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type { PluginError } from "./PluginError.ts"
import type { Sink } from "./Sink.ts"

/** A table as a report shows it. */
export interface ReportRows {
  /** The first rows, as many as the report can show; undefined where the table has none. */
  readonly rows: RecordBatch | undefined
  /** How many rows the table has. */
  readonly count: number
}

/** The tables of a report, by name. */
export type ReportTables = ReadonlyMap<string, ReportRows>

/** Where a report goes: as a table does, but all at once. */
export interface ReportSink extends Pick<Sink, "prepare" | "commit"> {
  readonly write: (tables: ReportTables) => Effect.Effect<void, PluginError>
}
