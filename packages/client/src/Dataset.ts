import * as Schema from "effect/Schema"

/** What became of a batch of events, once it is on disk. */
export const Acknowledged = Schema.Struct({
  accepted: Schema.Int,
  duplicates: Schema.Int.annotate({ description: "Events whose id was there already; they are not stored again" })
})

const KeepSeconds = Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1e10 }))).annotate({
  description: "How long events are kept after they were posted; null: until somebody deletes the dataset"
})

/** Posted events; a run reads all that are there when it starts. */
export const Dataset = Schema.Struct({
  name: Schema.String,
  id: Schema.String.annotate({ description: "The field with the ids of its events" }),
  events: Schema.Int,
  bytes: Schema.Int,
  keep_seconds: KeepSeconds
})
export type Dataset = typeof Dataset.Type

/** What a dataset is to be; what is not said stays as it is. The field of the ids never changes. */
export const DatasetChanges = Schema.Struct({
  id: Schema.optionalKey(Schema.NonEmptyString),
  keep_seconds: Schema.optionalKey(KeepSeconds)
})
