import * as Schema from "effect/Schema"
import { SpecProblem } from "./Problem.ts"
import { GuessNote, Id, Instant, Mapping } from "./Upload.ts"

/** Where the records of a run come from: uploaded files, a dataset of posted events, or a store of the configuration. */
export const RunSource = Schema.Union([
  Schema.Struct({ upload: Id }),
  Schema.Struct({
    dataset: Schema.NonEmptyString,
    until: Schema.optionalKey(
      Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)).annotate({
        description: "A mark that the source of an earlier run has: its events and no later ones; default: all so far"
      })
    )
  }),
  Schema.Struct({ store: Schema.NonEmptyString })
])
export type RunSource = typeof RunSource.Type

/** What to do: a spec as text, a recipe by name, or what is guessed from a mapping. */
export const RunRequest = Schema.Struct({
  source: RunSource,
  spec: Schema.optionalKey(Schema.NonEmptyString),
  recipe: Schema.optionalKey(Schema.NonEmptyString),
  mapping: Schema.optionalKey(Mapping),
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  as_of: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "The time taken as now; default: the clock" })
  ),
  client: Schema.optionalKey(
    Schema.Json.annotate({
      description:
        "Kept with the run for whoever started it, such as the settings of a page: up to 64 KiB, not looked at"
    })
  )
})
export type RunRequest = typeof RunRequest.Type

export const RunState = Schema.Literals(["queued", "running", "done", "failed", "cancelled", "interrupted"])
export type RunState = typeof RunState.Type

export const RunProgress = Schema.Struct({
  bytes: Schema.Int,
  total_bytes: Schema.NullOr(Schema.Int),
  records: Schema.Int,
  seconds: Schema.Finite
})
export type RunProgress = typeof RunProgress.Type

/** Why a run failed. */
export const RunProblem = Schema.Struct({
  code: Schema.String,
  detail: Schema.String,
  hint: Schema.optionalKey(Schema.String),
  problems: Schema.optionalKey(Schema.Array(SpecProblem))
})
export type RunProblem = typeof RunProblem.Type

export const Run = Schema.Struct({
  id: Id,
  state: RunState,
  created: Instant,
  started: Schema.NullOr(Instant),
  ended: Schema.NullOr(Instant),
  expires: Schema.NullOr(Instant).annotate({ description: "When it is deleted by itself; null while it runs" }),
  request: RunRequest,
  as_of: Instant,
  spec: Schema.NullOr(Schema.String).annotate({ description: "The spec that is run; null before it is guessed" }),
  guess: Schema.Array(GuessNote),
  progress: Schema.NullOr(RunProgress),
  problem: Schema.NullOr(RunProblem)
})
export type Run = typeof Run.Type

/** Where one record of a run stands, and what stands there. */
export const PlacedRecord = Schema.Struct({
  source: Schema.String,
  event: Schema.Int,
  line: Schema.NullOr(Schema.Int).annotate({ description: "From 1; null where the format has no lines" }),
  offset: Schema.NullOr(Schema.Int).annotate({ description: "Bytes of the unpacked file before it" }),
  bytes: Schema.NullOr(Schema.Int),
  text: Schema.NullOr(Schema.String).annotate({
    description: "At most 1 MiB of it; null where the format is no text, and of a store"
  })
})
export type PlacedRecord = typeof PlacedRecord.Type

const Count = Schema.Int
const withMore = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Json)])

/** The summary of a run, as `sojourn run --summary json` prints it. Later versions may add keys. */
export const Summary = withMore({
  name: Schema.String,
  inputs: Schema.Array(withMore({ source: Schema.String, records: Count, notes: Schema.Array(Schema.String) })),
  accounting: withMore({
    read: Count,
    accepted: Count,
    rejected: Count,
    filtered: Count,
    unique: Count,
    duplicates: Count,
    in_sessions: Schema.NullOr(Count),
    outside: Count,
    late: Count
  }),
  rejected_by: Schema.Array(
    withMore({
      code: Schema.String,
      reason: Schema.String,
      field: Schema.NullOr(Schema.String),
      count: Count,
      samples: Schema.Array(Schema.String)
    })
  ),
  duplicates: withMore({ removed: Count, conflicting: Count }),
  users: Count,
  sessions: Schema.NullOr(
    withMore({
      count: Count,
      median_duration_sec: Schema.NullOr(Schema.Finite),
      p90_duration_sec: Schema.NullOr(Schema.Finite),
      ties_decided: Count
    })
  ),
  time_span: Schema.NullOr(withMore({ first: Schema.String, last: Schema.String })),
  gaps: Schema.Array(withMore({ up_to_sec: Schema.NullOr(Schema.Finite), count: Count })),
  warnings: Schema.Array(Schema.String),
  seconds: Schema.Finite
})
export type Summary = typeof Summary.Type
