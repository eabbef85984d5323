import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Datasets } from "./events/Datasets.ts"
import type { ServerOptions } from "./Options.ts"
import { reads, Runs } from "./Runs.ts"
import { Uploads } from "./Uploads.ts"

/** Deletes what has expired: runs, uploads that no run is left of, and events of datasets that have a time to live. */
export const retention = ({ retention: seconds }: Pick<ServerOptions, "retention">) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const runs = yield* Runs
      const uploads = yield* Uploads
      const datasets = yield* Datasets
      const sweep = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        for (const { expires, id } of yield* runs.list) {
          if (expires !== null && Date.parse(expires) <= now) yield* runs.delete(id)
        }
        const read = new Set(
          (yield* runs.list).flatMap(({ request: { source } }) => ("upload" in source ? [source.upload] : []))
        )
        for (const { created, id } of yield* uploads.list) {
          if (Date.parse(created) + seconds * 1000 <= now && !read.has(id)) yield* uploads.delete(id)
        }
        const all = yield* runs.list
        yield* datasets.expire(now, (dataset) => all.some(reads({ dataset })))
      }).pipe(
        // What was deleted meanwhile is gone, too.
        Effect.catchTag("NotFound", () => Effect.void)
      )
      const every = Math.min(60, seconds)
      yield* Effect.forkScoped(Effect.repeat(sweep, Schedule.spaced(`${every} seconds`)))
    })
  )
