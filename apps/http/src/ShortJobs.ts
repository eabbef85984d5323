import {
  type Aggregate,
  type Mapping,
  type PlacedRecord,
  type Recognised,
  Unavailable,
  Unprocessable
} from "@sojourn/client"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Limits } from "./Options.ts"
import { runJob, storeEnvironment } from "./process/JobProcess.ts"
import type { Job, JobInput, RecordQuery, TableQuery, Tell } from "./run/Job.ts"

type ShortJob = Exclude<Job, { readonly kind: "run" }>

/** What somebody waits for, each in a process of its own, a few at a time. */
export class ShortJobs extends Context.Service<
  ShortJobs,
  {
    /** Looks at the beginning of files. */
    readonly recognise: (input: JobInput, mapping: Mapping) => Effect.Effect<Recognised, Unprocessable | Unavailable>
    /** Makes a further table of the results of a run. */
    readonly query: (query: TableQuery) => Effect.Effect<Aggregate, Unprocessable | Unavailable>
    /** Finds a record of a run; null if it has no such record. */
    readonly place: (query: RecordQuery) => Effect.Effect<PlacedRecord | null, Unprocessable | Unavailable>
  }
>()("@sojourn/http/ShortJobs") {
  static readonly layer = (limits: Limits): Layer.Layer<ShortJobs> =>
    Layer.effect(
      ShortJobs,
      Effect.gen(function* () {
        const places = yield* Semaphore.make(limits.runs)
        const answer = <A>(job: ShortJob, found: (message: Tell) => A | undefined) =>
          answered(job, found, limits.recogniseSeconds).pipe(
            places.withPermits(1),
            Effect.timeoutOrElse({
              duration: `${limits.recogniseSeconds * 2} seconds`,
              orElse: () => Effect.fail(busy)
            })
          )
        return ShortJobs.of({
          recognise: (input, mapping) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) =>
              answer({ kind: "recognise", input, mapping, nowMicros: now * 1000, limits }, (message) =>
                message.tell === "recognised" ? message.recognised : undefined
              )
            ),
          query: (query) =>
            answer({ kind: "query", query, limits }, (message) =>
              message.tell === "queried" ? message.aggregate : undefined
            ),
          place: (query) =>
            answer({ kind: "place", query, limits }, (message) =>
              message.tell === "placed" ? message.record : undefined
            )
        })
      })
    )
}

const answered = Effect.fnUntraced(function* <A>(
  job: ShortJob,
  found: (message: Tell) => A | undefined,
  seconds: number
) {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "sojourn-job-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  let answer: A | undefined
  const onTell = (message: Tell): void => {
    if (answer === undefined) answer = found(message)
  }
  const environment = job.kind === "place" && "uri" in job.query.input ? storeEnvironment() : {}
  yield* runJob(job, { directory, environment, seconds, onTell }).pipe(
    Effect.catch(({ log, problem }) =>
      Effect.andThen(log === "" ? Effect.void : Effect.logError(log), Effect.fail(new Unprocessable(problem)))
    )
  )
  return answer === undefined ? yield* Effect.die(new Error("nothing was told")) : answer
}, Effect.scoped)

const busy = new Unavailable({
  code: "queue",
  detail: "too many others wait for such an answer",
  hint: "try again later"
})
