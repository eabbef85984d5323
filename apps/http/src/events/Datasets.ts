import { type Fault, NotFound, Unavailable, Unprocessable } from "@sojourn/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { DataDirectory } from "../DataDirectory.ts"
import type { Limits } from "../Options.ts"
import { type Appended, EventLog, type Sealed } from "./EventLog.ts"
import { readRecords } from "./readRecords.ts"

/** A batch of events as it was sent. */
export interface Batch {
  readonly body: string
  readonly kind: "json" | "lines"
  /** The field of the id; that of the dataset if there is one already, else `event_id`. */
  readonly idField: string | undefined
}

const usualId = "event_id"

/** Datasets of posted events. */
export class Datasets extends Context.Service<
  Datasets,
  {
    /** Done when the events are on disk. */
    readonly append: (dataset: string, batch: Batch) => Effect.Effect<Appended, Unprocessable | Unavailable>
    readonly list: Effect.Effect<ReadonlyArray<{ name: string; events: number; bytes: number }>>
    readonly delete: (dataset: string) => Effect.Effect<void, NotFound>
    /** The files with all events so far, or with those up to an earlier mark. */
    readonly files: (dataset: string, until?: number) => Effect.Effect<Sealed, NotFound>
  }
>()("@sojourn/http/Datasets") {
  static readonly layer = (limits: Limits): Layer.Layer<Datasets, never, DataDirectory> =>
    Layer.effect(
      Datasets,
      Effect.gen(function* () {
        const { datasets: root } = yield* DataDirectory
        const logs = new Map<string, Promise<EventLog>>()
        yield* Effect.addFinalizer(() =>
          Effect.promise(async () => {
            for (const log of await Promise.allSettled(logs.values())) {
              if (log.status === "fulfilled") await log.value.close()
            }
          })
        )
        const names = () => readdir(root)

        const open = (name: string, idField = usualId): Promise<EventLog> => {
          const known = logs.get(name)
          if (known !== undefined) return known
          const opening = EventLog.open(join(root, name), idField, limits.rememberedIds)
          logs.set(name, opening)
          opening.catch(() => logs.delete(name))
          return opening
        }

        const existing = Effect.fnUntraced(function* (name: string) {
          if (!(yield* Effect.promise(names)).includes(name)) return yield* noDataset(name)
          return yield* Effect.promise(() => open(name))
        })

        const append = Effect.fn("Datasets.append")(function* (name: string, { body, idField, kind }: Batch) {
          const log = yield* disk(() => open(name, idField))
          if (idField !== undefined && idField !== log.idField) return yield* otherId(name, log.idField, idField)
          if (log.waitingBytes > 8 * limits.bodyBytes) return yield* busy
          const read = readRecords(body, kind, log.idField, limits)
          if ("faults" in read) return yield* refused(read.faults)
          // After a failure of the disk it is read again what is there.
          return yield* disk(() => log.append(read.records)).pipe(
            Effect.onError(() => Effect.sync(() => logs.delete(name)))
          )
        })

        return Datasets.of({
          append,
          list: Effect.promise(async () => {
            const all = await Promise.all((await names()).map(async (name) => ({ name, log: await open(name) })))
            return all.map(({ log: { bytes, events }, name }) => ({ name, events, bytes }))
          }),
          delete: Effect.fnUntraced(function* (name: string) {
            const log = yield* existing(name)
            logs.delete(name)
            yield* Effect.promise(async () => {
              await log.close()
              await rm(join(root, name), { recursive: true, force: true })
            })
          }),
          files: Effect.fnUntraced(function* (name: string, until?: number) {
            const log = yield* existing(name)
            return yield* Effect.promise(() => log.seal(until))
          })
        })
      })
    )
}

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
