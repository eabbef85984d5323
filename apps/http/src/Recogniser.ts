import { type Mapping, type Recognised, Unavailable, Unprocessable } from "@sojourn/client"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Limits } from "./Options.ts"
import { runJob } from "./process/JobProcess.ts"
import type { JobInput } from "./run/Job.ts"

/** Looks at the beginning of files, each time in a process of its own. */
export class Recogniser extends Context.Service<
  Recogniser,
  {
    readonly recognise: (input: JobInput, mapping: Mapping) => Effect.Effect<Recognised, Unprocessable | Unavailable>
  }
>()("@sojourn/http/Recogniser") {
  static readonly layer = (limits: Limits): Layer.Layer<Recogniser> =>
    Layer.effect(
      Recogniser,
      Effect.gen(function* () {
        const places = yield* Semaphore.make(limits.runs)
        return Recogniser.of({
          recognise: (input, mapping) =>
            recogniseFiles(input, mapping, limits).pipe(
              places.withPermits(1),
              Effect.timeoutOrElse({
                duration: `${limits.recogniseSeconds * 2} seconds`,
                orElse: () => Effect.fail(busy)
              })
            )
        })
      })
    )
}

const recogniseFiles = Effect.fnUntraced(function* (input: JobInput, mapping: Mapping, limits: Limits) {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "sojourn-recognise-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const nowMicros = (yield* Clock.currentTimeMillis) * 1000
  let found: Recognised | undefined
  yield* runJob(
    { kind: "recognise", input, mapping, nowMicros, limits },
    {
      directory,
      environment: {},
      seconds: limits.recogniseSeconds,
      onTell: (message) => {
        if (message.tell === "recognised") found = message.recognised
      }
    }
  ).pipe(
    Effect.catch(({ log, problem }) =>
      Effect.andThen(log === "" ? Effect.void : Effect.logError(log), Effect.fail(new Unprocessable(problem)))
    )
  )
  return found ?? (yield* Effect.die(new Error("nothing was told")))
}, Effect.scoped)

const busy = new Unavailable({ code: "queue", detail: "too many files are being looked at", hint: "try again later" })
