import type { GuessNote, Summary } from "@sojourn/core"
import type { Filter, Page, Query } from "./Query.ts"
import type { NamedFile } from "./NamedFile.ts"
import type { Settings } from "./Settings.ts"

/** What a column of the beginning of the inputs holds. */
export interface ColumnFacts {
  readonly path: string
  readonly kind: "text" | "number" | "boolean" | "object" | "list" | "empty"
  /** Records in which it is neither null nor blank. */
  readonly filled: number
  readonly distinct: number
  /** A few different values. */
  readonly samples: ReadonlyArray<string>
  /** How many of the values looked at read as a time, where most of them do. */
  readonly times: { readonly format: string; readonly parsed: number; readonly total: number } | null
}

/** A spec that comes with Sojourn. */
export interface Recipe {
  readonly name: string
  readonly description: string
  /** Why it can be run by the command alone; null if it can be run here. */
  readonly obstacle: string | null
  /** What can be said about it, besides inputs and outputs. */
  readonly params: ReadonlyArray<{ readonly name: string; readonly description: string; readonly value: string }>
}

/** What the inputs look like, and what a run would make of them. */
export interface Recognised {
  readonly format: string
  /** What was decided about the first input. */
  readonly notes: ReadonlyArray<string>
  readonly records: number
  /** All there is was looked at. */
  readonly whole: boolean
  readonly columns: ReadonlyArray<ColumnFacts>
  readonly guessed: ReadonlyArray<GuessNote>
  readonly recipes: ReadonlyArray<Recipe>
  /** Of the recipe or spec that is chosen. */
  readonly params: Recipe["params"]
  /** Why there can be no run yet. */
  readonly problem: Problem | null
  /** The spec of the run, as YAML. */
  readonly spec: string | null
  /** The words for a shell that do the same. */
  readonly command: string | null
  readonly trial: Trial | null
}

/** The first records, run. */
export interface Trial {
  readonly summary: Summary
  /** Seconds between two events of a user, ascending. */
  readonly gaps: Float64Array
}

/** Something that a person can do something about. */
export interface Problem {
  readonly message: string
  readonly hint: string | null
}

/** A {@link Problem} as an error. */
export class Told extends Error {
  override readonly name = "Told"
  readonly hint: string | null

  constructor({ hint, message }: Problem) {
    super(message)
    this.hint = hint
  }
}

export interface RunProgress {
  readonly bytes: number
  readonly totalBytes: number
  readonly records: number
}

export interface RunOptions extends Watching {
  /** What is taken as now: int64 microseconds since 1970. */
  readonly asOfMicros: number
  /** Told the run's name, where it can be found again by one. */
  readonly onStarted?: (id: string) => void
}

/** How a run is watched, and stopped. */
export interface Watching {
  readonly onProgress: (progress: RunProgress) => void
  /** Aborted with {@link left} where nobody looks any more: a run that others can find again then goes on. */
  readonly signal: AbortSignal
}

/** Why a signal was aborted: the run is not looked at any more. */
export const left = new DOMException("the run is not looked at any more", "AbortError")

/** Where runs are computed: in a worker of this page, or on a server. */
export interface Engine {
  /** Fails with {@link Told}. */
  readonly recognise: (files: ReadonlyArray<NamedFile>, settings: Settings) => Promise<Recognised>
  /** Fails with {@link Told}. */
  readonly run: (files: ReadonlyArray<NamedFile>, settings: Settings, options: RunOptions) => Promise<Run>
}

/** Tables that every run has; a spec may declare further ones. */
export const builtInTables = ["sessions", "events", "rejects", "duplicates"] as const
export type TableName = (typeof builtInTables)[number] | (string & {})
export type DownloadFormat = "csv" | "jsonl" | "parquet"

/** A finished run, to be asked. */
export interface Run {
  readonly summary: Summary
  /** The names that the roles have as columns. */
  readonly names: Names
  /** Decides dates. */
  readonly timezone: string
  /** The spec of the run, as YAML, and the words for a shell that do the same. */
  readonly spec: string
  readonly command: string
  /** What can be said about its spec, besides inputs and outputs. */
  readonly params: Recipe["params"]
  /** The tables that its spec declares, and those of its users and checks. */
  readonly declared: ReadonlyArray<string>
  /** The types of its events. */
  readonly types: () => Promise<ReadonlyArray<string>>
  readonly overview: (filter: Filter) => Promise<Overview>
  readonly timeline: (filter: Filter) => Promise<Timeline>
  readonly page: (table: TableName, query: Query) => Promise<Page>
  readonly session: (row: number) => Promise<SessionDetail>
  /** Lines from number `from` on; the first is 0. */
  readonly lines: (file: number, from: number, count: number) => Promise<LinePage>
  readonly rejectedLines: (file: number, filter: Filter) => Promise<RejectedLines>
  /** The line (from 0) of a record by its number; null if the file has no lines. */
  readonly line: (file: number, event: number) => Promise<number | null>
  /** A table as a file, or where it can be had. */
  readonly download: (table: TableName, format: DownloadFormat) => Promise<Blob | string>
  readonly compare: (other: Run, filter: Filter) => Promise<Comparison>
  readonly release: () => void
}

export interface Names {
  readonly user: string
  readonly time: string
  readonly type: string | null
}

/** A bar of a histogram: values up to `upTo`, which is null for those above all others. */
export interface Bar {
  readonly upTo: number | null
  readonly count: number
}

export interface DayCount {
  readonly day: number
  readonly sessions: number
  readonly open: number
  readonly users: number
  readonly events: number
  readonly seconds: number
}

export interface UserCount {
  readonly user: string
  readonly sessions: number
  readonly events: number
  readonly seconds: number
}

/** What the Summary shows, of what a filter leaves. */
export interface Overview {
  readonly sessions: number
  readonly events: number
  readonly users: number
  readonly medianSeconds: number | null
  readonly single: number
  readonly causes: ReadonlyArray<{ readonly cause: string; readonly count: number }>
  readonly durations: ReadonlyArray<Bar>
  readonly sizes: ReadonlyArray<Bar>
  readonly days: ReadonlyArray<DayCount>
  /** Those with the most events. */
  readonly topUsers: ReadonlyArray<UserCount>
}

/** Counts of events by type over time. */
export interface Timeline {
  /** Microseconds since 1970. */
  readonly start: number
  readonly stepMicros: number
  readonly types: ReadonlyArray<string>
  /** For each type, the counts of the steps. */
  readonly counts: ReadonlyArray<Float64Array>
  readonly shown: number
}

export interface SessionEvent {
  readonly time: number
  readonly type: string | null
  /** Where its record stands: the name of the input, and the record's number there; null where that is not known. */
  readonly origin: { readonly source: string; readonly record: number } | null
  /** Seconds since the event before. */
  readonly gap: number | null
  readonly values: ReadonlyArray<readonly [name: string, value: string]>
}

export interface SessionDetail {
  readonly id: string
  readonly user: string
  readonly start: number
  readonly end: number
  readonly seconds: number
  /** Null where sessions have none. */
  readonly number: number | null
  readonly isOpen: boolean
  readonly cause: string
  readonly previousEnd: number | null
  readonly nextStart: number | null
  /** The rule that opened the one after it. */
  readonly nextCause: string | null
  /** At most the first 1,000. */
  readonly events: ReadonlyArray<SessionEvent>
  readonly eventCount: number
}

/** Lines of an input as they stand there. */
export interface LinePage {
  readonly total: number
  readonly lines: ReadonlyArray<{
    readonly text: string
    /** Bytes that are not shown. */
    readonly cut: number
    readonly reject: string | null
  }>
}

/** The lines (from 1) of a file at which records were rejected, ascending: those that a filter leaves, of so many. */
export interface RejectedLines {
  readonly lines: ReadonlyArray<number>
  readonly total: number
}

/** Two runs over the same data. */
export interface Comparison {
  readonly same: number
  /** Sessions of this run that the other has not, and the other way round, by user and time. At most 1,000 rows. */
  readonly rows: ReadonlyArray<ComparedSession>
  /** So many of them a filter leaves, of so many. */
  readonly shown: number
  readonly different: number
  readonly onlyHere: number
  readonly onlyThere: number
}

export interface ComparedSession {
  readonly side: "here" | "there"
  readonly user: string
  readonly start: number
  readonly end: number
  readonly events: number
  readonly cause: string
}
