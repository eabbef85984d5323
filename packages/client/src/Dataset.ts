import * as Schema from "effect/Schema"

/** What became of a batch of events, once it is on disk. */
export const Acknowledged = Schema.Struct({
  accepted: Schema.Int,
  duplicates: Schema.Int.annotate({ description: "Events whose id was there already; they are not stored again" })
})

/** Posted events, kept until the dataset is deleted; a run reads all that are there when it starts. */
export const Dataset = Schema.Struct({ name: Schema.String, events: Schema.Int, bytes: Schema.Int })
