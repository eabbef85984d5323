import { Plan, PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { fileError } from "../FileError.ts"
import { readText } from "../output/Places.ts"
import { leftover } from "../output/StagedName.ts"

/** The file that says what the others of a state are. */
export const stateFileName = "state.json"

/** Some bytes of a file of the state. */
const Segment = Schema.Struct({ file: Schema.String, offset: Schema.Int, length: Schema.Int })
export type Segment = typeof Segment.Type

const Times = Schema.Struct({
  local: Schema.Int,
  skipped: Schema.Int,
  doubled: Schema.Int,
  outside: Schema.Int
})

const Rejected = Schema.Struct({
  code: Schema.String,
  reason: Schema.String,
  field: Schema.NullOr(Schema.String),
  count: Schema.mutableKey(Schema.Int),
  samples: Schema.mutable(Schema.Array(Schema.String))
})

/** An input that was read: what it was, and what became of its records. */
const KnownFile = Schema.Struct({
  path: Schema.String,
  bytes: Schema.Int,
  /** Other content has another text here: a SHA-256, or the version that a store gave it. */
  content: Schema.String,
  /** The format of its pieces as JSON; null if it was read as a whole. */
  format: Schema.NullOr(Schema.String),
  parts: Schema.Array(Schema.Struct({ id: Schema.Int, records: Schema.Int })),
  counts: Schema.Struct({
    records: Schema.Int,
    filtered: Schema.Int,
    lines: Schema.Int,
    end: Schema.Int,
    settled: Schema.Boolean,
    notes: Schema.Array(Schema.String),
    times: Times,
    rejected: Schema.Array(Rejected),
    /** By entry of enrich: events, and digests of their keys as float64. */
    unmatched: Schema.Array(Schema.Struct({ events: Schema.Int, keys: Segment }))
  }),
  /** How rejects among its first records were corrected, one after the other: values by field. */
  fixes: Schema.Array(Schema.Struct({ records: Schema.Int, values: Schema.Record(Schema.String, Schema.String) })),
  /** Since it was read first, events before this time are late. */
  late_before_micros: Schema.NullOr(Schema.Finite),
  /** Its rejects in order, each an Arrow IPC stream of one batch. */
  rejects: Schema.Array(Segment)
})
export type KnownFile = typeof KnownFile.Type
export type Fix = KnownFile["fixes"][number]

/** A run of events, by user; the texts of users in base64. */
const KnownRun = Schema.Struct({
  file: Schema.String,
  /** The ids of the parts that have events in it. */
  ids: Schema.Array(Schema.Int),
  pieces: Schema.Array(
    Schema.Struct({ rows: Schema.Int, lastUser: Schema.String, offset: Schema.Int, length: Schema.Int })
  )
})
export type KnownRun = typeof KnownRun.Type

/** How a run is called, so that its quarantine can be replayed. */
export const Call = Schema.Struct({
  /** A path or the name of a recipe, and the values of its params. */
  spec: Schema.String,
  params: Schema.Record(Schema.String, Schema.String),
  /** Paths are relative to it. */
  directory: Schema.String
})
export type Call = typeof Call.Type

/** A state as its file has it. */
export const StateFile = Schema.Struct({
  version: Schema.Literal(1),
  /** How many runs there were. */
  run: Schema.Int,
  /** Of everything that decides what events a record becomes, besides the inputs. */
  fingerprint: Schema.String,
  /** How the last run was called; null before the first. */
  call: Schema.NullOr(Call),
  as_of_micros: Schema.Finite,
  /** The last time of an event, but not after the time taken as now; null where there is none. */
  latest_micros: Schema.NullOr(Schema.Finite),
  /** Null before the first run. */
  plan: Schema.NullOr(Plan),
  next_id: Schema.Int,
  /** In the order in which they are read. */
  files: Schema.Array(KnownFile),
  /** The largest first. */
  runs: Schema.Array(KnownRun),
  /** Files of outputs that are divided: by the directory, in full, the paths below it. */
  outputs: Schema.Array(
    Schema.Struct({
      directory: Schema.String,
      files: Schema.Array(Schema.Struct({ path: Schema.String, bytes: Schema.Int }))
    })
  )
})
export type StateFile = typeof StateFile.Type

const StateJson = Schema.fromJsonString(StateFile)

/** What the first run knows. */
export const noState: StateFile = {
  version: 1,
  run: 0,
  fingerprint: "",
  call: null,
  as_of_micros: 0,
  latest_micros: null,
  plan: null,
  next_id: 0,
  files: [],
  runs: [],
  outputs: []
}

/** The state in a directory, which need not exist. Fails where it holds anything else. */
export const readStateFile = Effect.fn("readStateFile")(function* (directory: string) {
  const path = join(directory, stateFileName)
  const text = yield* readText(path)
  if (text !== undefined) {
    return yield* Schema.decodeEffect(StateJson)(text).pipe(
      Effect.mapError((cause) => damaged(path, cause.message.split("\n")[0], cause))
    )
  }
  const names = yield* Effect.tryPromise({
    try: () => readdir(directory).catch(missing),
    catch: (cause) => fileError("read", directory, cause)
  })
  const other = names.find((name) => !isOfState(name) && leftover(name) === undefined)
  if (other === undefined) return noState
  return yield* new PluginError({
    plugin: "state",
    reason: "Config",
    message: `${directory} is no state: it has no ${stateFileName}, and holds ${other}`,
    hint: "name a directory that is new, empty, or the state of earlier runs"
  })
})

const missing = (error: NodeJS.ErrnoException): ReadonlyArray<string> => {
  if (error.code !== "ENOENT") throw error
  return []
}

/** A state as text. */
export const encodeStateFile = (state: StateFile): string => Schema.encodeSync(StateJson)(state)

/** Whether a file of that name belongs to a state, besides the one that names the others. */
export const isOfState = (name: string): boolean => /^(events|rejects)-\d+\.arrows$/.test(name)

/** A state that cannot be read. */
export const damaged = (path: string, reason: string, cause?: unknown): PluginError =>
  new PluginError({
    plugin: "state",
    reason: "Data",
    message: `cannot read ${path}: ${reason}`,
    hint: "the state is damaged: remove its directory, and the next run reads all inputs",
    cause
  })
