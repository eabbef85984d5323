import {
  type AggregateRequest,
  Conflict,
  NotFound,
  type Run,
  type RunProblem,
  type RunRequest,
  Unavailable,
  Unprocessable
} from "@sojourn/client"
import { timeTextMicros } from "@sojourn/core"
import { eventBytesOf, recipeNames, specFile } from "@sojourn/node"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { randomBytes } from "node:crypto"
import { mkdir, rm } from "node:fs/promises"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { DataDirectory } from "./DataDirectory.ts"
import { countRun } from "./Metrics.ts"
import type { ServerOptions } from "./Options.ts"
import { runJob, storeEnvironment } from "./process/JobProcess.ts"
import { readResults, type StoredResults } from "./results/Results.ts"
import { explain } from "./run/explain.ts"
import type { JobInput, JobSpec, JobText, RecordQuery, TableQuery, Tell } from "./run/Job.ts"
import { planSpec } from "./run/planRun.ts"
import { Sources } from "./Sources.ts"
import { recoverRuns, resultsOf, storeRun } from "./StoredRun.ts"

/** A run as the server knows it, and the fiber that does it. */
interface Entry {
  readonly run: SubscriptionRef.SubscriptionRef<Run>
  fiber: Fiber.Fiber<void> | undefined
}

/** Runs, from being asked for to being deleted. */
export class Runs extends Context.Service<
  Runs,
  {
    readonly create: (request: RunRequest) => Effect.Effect<Run, NotFound | Unprocessable | Unavailable>
    readonly list: Effect.Effect<ReadonlyArray<Run>>
    readonly get: (id: string) => Effect.Effect<Run, NotFound>
    /** The run now and whenever it changes, until it has ended. */
    readonly changes: (id: string) => Effect.Effect<Stream.Stream<Run>, NotFound>
    readonly cancel: (id: string) => Effect.Effect<Run, NotFound>
    readonly delete: (id: string) => Effect.Effect<void, NotFound>
    /** The results of a run that is done, and the directory of their tables. */
    readonly results: (id: string) => Effect.Effect<StoredResults & { readonly directory: string }, NotFound | Conflict>
    /** A query over the results of a run that is done. */
    readonly querying: (id: string, table: AggregateRequest) => Effect.Effect<TableQuery, NotFound | Conflict>
    /** The search for a record of a run that is done. */
    readonly placing: (
      id: string,
      record: Pick<RecordQuery, "source" | "event">
    ) => Effect.Effect<RecordQuery, NotFound | Conflict>
    /** Fails where no further run would be taken. */
    readonly checkQueue: Effect.Effect<void, Unavailable>
  }
>()("@sojourn/http/Runs") {
  static readonly layer = (
    options: Pick<ServerOptions, "limits" | "environment" | "retention">
  ): Layer.Layer<Runs, never, DataDirectory | Sources> =>
    Layer.effect(
      Runs,
      Effect.gen(function* () {
        const { runs: root } = yield* DataDirectory
        const sources = yield* Sources
        const { limits } = options
        const places = yield* Semaphore.make(limits.runs)
        const fork = yield* FiberSet.makeRuntime<never, void, never>()
        const entries = new Map<string, Entry>()
        const ending = Effect.map(Clock.currentTimeMillis, (now) => ({
          ended: instant(now),
          expires: instant(now + options.retention * 1000)
        }))
        const recovered = yield* Effect.flatMap(ending, (end) => Effect.promise(() => recoverRuns(root, end)))
        for (const run of recovered) entries.set(run.id, { run: yield* SubscriptionRef.make(run), fiber: undefined })

        const entry = (id: string) => {
          const found = entries.get(id)
          return found === undefined ? Effect.fail(noRun(id)) : Effect.succeed(found)
        }

        // To its end: the next change writes the same file. Who is told of it finds it on the disk.
        const change = (run: Entry["run"], changes: Partial<Run>) =>
          Effect.suspend(() => {
            const changed = { ...SubscriptionRef.getUnsafe(run), ...changes }
            return Effect.andThen(
              Effect.promise(() => storeRun(join(root, changed.id), changed)),
              SubscriptionRef.update(run, (now) => ({ ...now, ...changes }))
            )
          }).pipe(Effect.uninterruptible)

        const end = Effect.fnUntraced(function* (run: Entry["run"], how: Partial<Run>) {
          const changes = { ...how, ...(yield* ending) }
          const ended = { ...SubscriptionRef.getUnsafe(run), ...changes }
          yield* countRun(ended)
          yield* Effect.logInfo(`run ${ended.state}`).pipe(Effect.annotateLogs({ run: ended.id }))
          yield* change(run, changes)
        }, Effect.uninterruptible)

        const execute = Effect.fn("Runs.execute")(function* (run: Entry["run"], input: JobInput, spec: JobSpec) {
          const { as_of, id } = SubscriptionRef.getUnsafe(run)
          const directory = join(root, id)
          const temporary = join(directory, "tmp")
          const startedMillis = yield* Clock.currentTimeMillis
          yield* change(run, { state: "running", started: instant(startedMillis) })
          yield* Effect.uninterruptible(Effect.promise(() => mkdir(temporary, { recursive: true })))
          const clock = yield* Clock.Clock
          const onTell = (message: Tell): void => {
            if (message.tell === "planned") update({ spec: message.spec, guess: message.guess })
            if (message.tell !== "progress") return
            const seconds = (clock.currentTimeMillisUnsafe() - startedMillis) / 1000
            update({ progress: { ...message.progress, seconds } })
          }
          const update = (changes: Partial<Run>): void => {
            Effect.runSync(SubscriptionRef.update(run, (now) => ({ ...now, ...changes })))
          }
          const job = {
            kind: "run" as const,
            input,
            spec,
            asOfMicros: timeTextMicros(as_of) ?? startedMillis * 1000,
            threads: Math.max(1, Math.floor(availableParallelism() / limits.runs)),
            eventBytes: eventBytesOf(limits.runMemory),
            limits,
            results: resultsOf(directory)
          }
          const environment = "uri" in input ? storeEnvironment() : {}
          yield* runJob(job, { directory: temporary, environment, seconds: limits.runSeconds, onTell }).pipe(
            Effect.matchEffect({
              onSuccess: () => end(run, { state: "done" }),
              onFailure: ({ log, problem }) =>
                Effect.andThen(log === "" ? Effect.void : Effect.logError(log), end(run, { state: "failed", problem }))
            }),
            Effect.ensuring(Effect.promise(() => rm(temporary, { recursive: true, force: true })))
          )
        })

        const checkQueue = Effect.suspend(() => {
          const waiting = [...entries.values()].filter(({ run }) => SubscriptionRef.getUnsafe(run).state === "queued")
          return waiting.length < limits.queue ? Effect.void : Effect.fail(queueFull(limits.queue))
        })

        const create = Effect.fn("Runs.create")(function* (request: RunRequest) {
          yield* checkQueue
          const { input, source } = yield* sources.open(request.source)
          if (JSON.stringify(request.client ?? null).length > mostClient) return yield* tooMuchClient
          const spec: JobSpec = yield* specOf(request, options.environment)
          if ("text" in spec) yield* planSpec(spec, input, limits).pipe(Effect.catch(unprocessable))
          const now = yield* Clock.currentTimeMillis
          const asOf = request.as_of === undefined ? now * 1000 : timeTextMicros(request.as_of)
          if (asOf === undefined) return yield* badTime(request.as_of ?? "")
          const id = randomBytes(16).toString("hex")
          const created: Run = {
            id,
            state: "queued",
            created: instant(now),
            started: null,
            ended: null,
            expires: null,
            request: { ...request, source },
            as_of: request.as_of ?? instant(now),
            spec: "text" in spec ? spec.text : null,
            guess: [],
            progress: null,
            problem: null
          }
          const run = yield* SubscriptionRef.make(created)
          const added: Entry = { run, fiber: undefined }
          // Others may have been taken meanwhile.
          yield* checkQueue
          entries.set(id, added)
          yield* Effect.promise(async () => {
            await mkdir(join(root, id))
            await storeRun(join(root, id), created)
          }).pipe(Effect.onError(() => Effect.sync(() => entries.delete(id))))
          added.fiber = fork(
            places
              .withPermits(1)(execute(run, input, spec))
              .pipe(Effect.annotateLogs({ run: id }))
          )
          return created
        })

        const stop = Effect.fnUntraced(function* ({ fiber, run }: Entry) {
          if (fiber === undefined || hasEnded(SubscriptionRef.getUnsafe(run))) return
          yield* Fiber.interrupt(fiber)
          if (!hasEnded(SubscriptionRef.getUnsafe(run))) yield* end(run, { state: "cancelled" })
        })

        const remove = Effect.fnUntraced(function* (id: string) {
          const found = yield* entry(id)
          yield* stop(found)
          entries.delete(id)
          yield* Effect.promise(() => rm(join(root, id), { recursive: true, force: true }))
        })

        const results = Effect.fnUntraced(function* (id: string) {
          const { run } = yield* entry(id)
          const { problem, state } = SubscriptionRef.getUnsafe(run)
          if (state !== "done") return yield* noResults(id, state, problem)
          const directory = resultsOf(join(root, id))
          const stored = yield* Effect.promise(() => readResults(directory))
          return stored === undefined ? yield* noRun(id) : { ...stored, directory }
        })

        /** The spec of a run that is done. */
        const textOf = ({ request, spec }: Run): JobText => ({
          file: "spec",
          text: spec ?? "",
          params: request.params ?? {},
          environment: options.environment
        })

        return Runs.of({
          create,
          list: Effect.sync(() => [...entries.values()].map(({ run }) => SubscriptionRef.getUnsafe(run)).reverse()),
          get: (id) => Effect.map(entry(id), ({ run }) => SubscriptionRef.getUnsafe(run)),
          changes: (id) =>
            Effect.map(entry(id), ({ run }) => SubscriptionRef.changes(run).pipe(Stream.takeUntil(hasEnded))),
          cancel: (id) =>
            Effect.flatMap(entry(id), (found) => Effect.map(stop(found), () => SubscriptionRef.getUnsafe(found.run))),
          delete: remove,
          results,
          querying: Effect.fnUntraced(function* (id: string, table: AggregateRequest) {
            const { directory } = yield* results(id)
            return { directory, table, spec: textOf(SubscriptionRef.getUnsafe((yield* entry(id)).run)) }
          }),
          placing: Effect.fnUntraced(function* (id: string, record: Pick<RecordQuery, "source" | "event">) {
            yield* results(id)
            const run = SubscriptionRef.getUnsafe((yield* entry(id)).run)
            const { input } = yield* sources.open(run.request.source)
            return { ...record, input, spec: textOf(run) }
          }),
          checkQueue
        })
      })
    )
}

export const hasEnded = ({ state }: Run): boolean => state !== "queued" && state !== "running"

/** Whether a run, which has not ended, reads an upload or a dataset. */
export const reads =
  (read: { readonly upload: string } | { readonly dataset: string }) =>
  (run: Run): boolean => {
    const { source } = run.request
    if (hasEnded(run)) return false
    if ("upload" in read) return "upload" in source && source.upload === read.upload
    return "dataset" in source && source.dataset === read.dataset
  }

const instant = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

/** The one thing that a request asks for; with nothing, everything is guessed. */
const specOf = Effect.fnUntraced(function* (request: RunRequest, environment: ServerOptions["environment"]) {
  const { mapping, params = {}, recipe, spec } = request
  const asked = [spec, recipe, mapping].filter((one) => one !== undefined)
  if (asked.length > 1) {
    return yield* new Unprocessable({ code: "request", detail: "give one of spec, recipe and mapping, not several" })
  }
  if (spec !== undefined) return { file: "spec", text: spec, params, environment } satisfies JobSpec
  if (recipe !== undefined) {
    const names = yield* recipeNames
    if (!names.includes(recipe)) {
      const detail = `there is no recipe "${recipe.slice(0, 100)}"`
      return yield* new NotFound({ code: "recipe", detail, hint: `there is ${names.join(", ")}` })
    }
    return { ...(yield* Effect.orDie(specFile(recipe))), params, environment } satisfies JobSpec
  }
  if (Object.keys(params).length > 0) {
    return yield* new Unprocessable({ code: "request", detail: "params belong to a spec or a recipe" })
  }
  return { mapping: mapping ?? {} } satisfies JobSpec
})

const unprocessable = (error: unknown): Effect.Effect<never, Unprocessable> => {
  const problem = explain(error)
  return problem === undefined ? Effect.die(error) : Effect.fail(new Unprocessable(problem))
}

const noRun = (id: string) => new NotFound({ code: "run", detail: `there is no run ${id}` })

const noResults = (id: string, state: Run["state"], problem: RunProblem | null) =>
  new Conflict({
    code: `run.${state}`,
    detail: `the run ${id} has no results: it is ${state}${problem === null ? "" : `: ${problem.detail}`}`,
    ...(problem?.hint === undefined ? {} : { hint: problem.hint })
  })

const queueFull = (queue: number) =>
  new Unavailable({
    code: "queue",
    detail: `${queue} runs are waiting already`,
    hint: "try again when some of them are done"
  })

/** Characters of what a client keeps with a run: all runs are listed with it. */
const mostClient = 2 ** 16

const tooMuchClient = new Unprocessable({
  code: "request",
  detail: `client: more than ${mostClient.toLocaleString("en")} characters of JSON`
})

const badTime = (text: string) =>
  new Unprocessable({
    code: "as_of",
    detail: `as_of: expected a time such as 2024-07-10T10:00:00Z, found "${text.slice(0, 100)}"`
  })
