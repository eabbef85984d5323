import { type Dataset, type Fault, NotFound, Unavailable, Unprocessable } from "@sojourn/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { DataDirectory } from "../DataDirectory.ts"
import type { Limits } from "../Options.ts"
import { type Appended, EventLog, readSettings, type Sealed } from "./EventLog.ts"
import { OpenLogs } from "./OpenLogs.ts"
import { readRecords } from "./readRecords.ts"
import { readSegments, type Segment } from "./Segment.ts"

/** A batch of events as it was sent. */
export interface Batch {
  readonly body: string
  readonly kind: "json" | "lines"
  /** The field of the id; that of the dataset if there is one already, else `event_id`. */
  readonly idField: string | undefined
}

const usualId = "event_id"

/** What a dataset is to be; what is not said stays as it is. */
export interface DatasetChanges {
  readonly id?: string
  readonly keep_seconds?: number | null
}

/** Datasets of posted events. */
export class Datasets extends Context.Service<
  Datasets,
  {
    /** Done when the events are on disk. */
    readonly append: (dataset: string, batch: Batch) => Effect.Effect<Appended, Unprocessable | Unavailable>
    readonly list: Effect.Effect<ReadonlyArray<Dataset>>
    readonly get: (dataset: string) => Effect.Effect<Dataset, NotFound>
    /** Makes the dataset if there is none. */
    readonly configure: (
      dataset: string,
      changes: DatasetChanges
    ) => Effect.Effect<Dataset, Unprocessable | Unavailable>
    readonly delete: (dataset: string) => Effect.Effect<void, NotFound>
    /** The files with all events so far, or with those up to an earlier mark. */
    readonly files: (dataset: string, until?: number) => Effect.Effect<Sealed, NotFound>
    /** Removes the events that are not kept any more, but those that somebody reads. */
    readonly expire: (nowMillis: number, isRead: (dataset: string) => boolean) => Effect.Effect<void>
  }
>()("@sojourn/http/Datasets") {
  static readonly layer = (limits: Limits): Layer.Layer<Datasets, never, DataDirectory> =>
    Layer.effect(
      Datasets,
      Effect.gen(function* () {
        const { datasets: root } = yield* DataDirectory
        const place = (name: string) => join(root, name)
        const logs = new OpenLogs(limits.openDatasets, (name, idField) =>
          EventLog.open(place(name), idField, limits.rememberedIds)
        )
        yield* Effect.addFinalizer(() => Effect.promise(() => logs.close()))
        const names = Effect.promise(() => readdir(root))

        const existing = Effect.fnUntraced(function* (name: string) {
          if (!(yield* names).includes(name)) return yield* noDataset(name)
          return name
        })

        const using = <A, E>(name: string, idField: string | undefined, use: (log: EventLog) => Effect.Effect<A, E>) =>
          Effect.acquireUseRelease(
            Effect.sync(() => logs.take(name, idField ?? usualId)),
            ({ log }) =>
              Effect.gen(function* () {
                const opened = yield* disk(() => log)
                const { id } = opened.settings
                if (idField !== undefined && idField !== id) return yield* otherId(name, id, idField)
                return yield* use(opened)
              }),
            (held) => Effect.sync(() => logs.give(name, held))
          )

        const append = Effect.fn("Datasets.append")((name: string, { body, idField, kind }: Batch) =>
          using(name, idField, (log) =>
            Effect.gen(function* () {
              if (log.waitingBytes > 8 * limits.bodyBytes) return yield* busy
              const read = readRecords(body, kind, log.settings.id, limits)
              if ("faults" in read) return yield* refused(read.faults)
              // After a failure of the disk it is read again what is there.
              const forget = Effect.sync(() => logs.forget(name))
              return yield* disk(() => log.append(read.records)).pipe(Effect.tapError(() => forget))
            })
          )
        )

        /** What is on disk tells it, unless the log is open, or is to be recovered. */
        const get = Effect.fnUntraced(function* (name: string) {
          const settings = (yield* Effect.promise(() => readSettings(place(name)))) ?? {
            id: usualId,
            keep: null,
            last: 0
          }
          const segments = logs.has(name) ? undefined : yield* Effect.promise(() => closedSegments(place(name)))
          if (segments === undefined)
            return yield* using(name, undefined, (log) => Effect.succeed(described(name, log)))
          const sum = (of: (segment: Segment) => number) => segments.reduce((all, one) => all + of(one), 0)
          return described(name, { settings, bytes: sum(({ bytes }) => bytes), events: sum(({ events }) => events) })
        }, orDefect)

        return Datasets.of({
          append,
          get: (name) => Effect.flatMap(existing(name), get),
          list: Effect.flatMap(names, (all) => Effect.forEach(all, get)),
          configure: (name, { id, keep_seconds: keep }) =>
            using(name, id, (log) =>
              disk(() => log.configure(keep === undefined ? {} : { keep })).pipe(Effect.as(log))
            ).pipe(Effect.map((log) => described(name, log))),
          delete: Effect.fnUntraced(function* (name: string) {
            yield* existing(name)
            yield* Effect.promise(() =>
              logs.end(name, logs.take(name, usualId).log, () => rm(place(name), { recursive: true, force: true }))
            )
          }),
          files: Effect.fnUntraced(function* (name: string, until?: number) {
            yield* existing(name)
            const sealed = yield* using(name, undefined, (log) => disk(() => log.seal(until))).pipe(orDefect)
            return sealed.files.length > 0 ? sealed : yield* noEvents(name)
          }),
          expire: Effect.fnUntraced(function* (nowMillis, isRead) {
            for (const name of yield* names) {
              const settings = yield* Effect.promise(() => readSettings(place(name)))
              const keep = settings?.keep ?? null
              if (keep === null || isRead(name)) continue
              const segments = yield* Effect.promise(() => closedSegments(place(name)))
              const isOld = segments?.some(({ written }) => written + keep * 1000 <= nowMillis) ?? true
              if (isOld || logs.has(name)) {
                yield* using(name, undefined, (log) => disk(() => log.expire(nowMillis))).pipe(orDefect)
              }
            }
          })
        })
      })
    )
}

const described = (
  name: string,
  { bytes, events, settings }: Pick<EventLog, "settings" | "bytes" | "events">
): Dataset => ({ name, id: settings.id, events, bytes, keep_seconds: settings.keep })

/** The segments of a directory if all of them are closed. */
const closedSegments = async (directory: string): Promise<ReadonlyArray<Segment> | undefined> => {
  const segments = (await readSegments(directory)).map(({ closed }) => closed)
  return segments.every((one) => one !== undefined) ? segments : undefined
}

/** Where nobody has named a field, and no answer is there for a disk that fails. */
const orDefect = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.orDie(effect)

const disk = <A>(work: () => Promise<A>): Effect.Effect<A, Unavailable> =>
  Effect.tryPromise({
    try: work,
    catch: (cause) => {
      const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? "it fails"
      return new Unavailable({
        code: "events.disk",
        detail: `the events cannot be written: ${code === "ENOSPC" ? "no space is left" : code}`,
        hint: "nothing of this batch counts; send it again later"
      })
    }
  })

const noDataset = (name: string) =>
  new NotFound({ code: "dataset", detail: `there is no dataset "${name.slice(0, 100)}"` })

const noEvents = (name: string) =>
  new NotFound({
    code: "dataset.empty",
    detail: `the dataset "${name.slice(0, 100)}" has no such events: none came so far, or they are not kept any more`
  })

const busy = new Unavailable({ code: "events.busy", detail: "too many events wait for the disk", hint: "try again" })

const otherId = (name: string, known: string, found: string) =>
  new Unprocessable({
    code: "events.id",
    detail: `events of "${name}" have their id in "${known}", not in "${found}"`,
    hint: "take another dataset for events with another id"
  })

const refused = (faults: ReadonlyArray<Fault>) => {
  const [{ field, message, record }] = faults
  return new Unprocessable({
    code: "events.record",
    detail: `record ${record}${field === undefined ? "" : `, ${field}`}: ${message}`,
    hint: "nothing of this batch was stored",
    faults
  })
}
