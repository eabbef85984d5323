import { Api, BadRequest, Conflict, UnsupportedMediaType } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Datasets } from "../events/Datasets.ts"
import { countEvents } from "../Metrics.ts"
import { reads, Runs } from "../Runs.ts"

const usualDataset = "events"

/** What a body is, by its media type. */
const kinds: Readonly<Record<string, "json" | "lines">> = {
  "application/json": "json",
  "application/x-ndjson": "lines",
  "application/ndjson": "lines",
  "application/jsonl": "lines"
}

/** Posted events. */
export const eventHandlers = HttpApiBuilder.group(
  Api,
  "events",
  Effect.fn(function* (handlers) {
    const datasets = yield* Datasets
    const runs = yield* Runs
    return handlers
      .handleRaw("append", ({ query, request }) =>
        Effect.gen(function* () {
          const { "content-encoding": encoding = "identity", "content-type": type = "" } = request.headers
          const media = type.split(";")[0].trim().toLowerCase()
          if (!Object.hasOwn(kinds, media) || encoding !== "identity") return yield* wrongType(media, encoding)
          const bytes = yield* Effect.orDie(request.arrayBuffer)
          const body = yield* Effect.try({
            try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
            catch: () => new BadRequest({ code: "events.encoding", detail: "the body is no UTF-8" })
          })
          const batch = { body, kind: kinds[media], idField: query.id }
          return yield* Effect.tap(datasets.append(query.dataset ?? usualDataset, batch), countEvents)
        })
      )
      .handle("datasets", () => datasets.list)
      .handle("dataset", ({ params }) => datasets.get(params.dataset))
      .handle("configure", ({ params, payload }) => datasets.configure(params.dataset, payload))
      .handle("delete", ({ params: { dataset } }) =>
        Effect.gen(function* () {
          yield* datasets.get(dataset)
          const reading = (yield* runs.list).find(reads({ dataset }))
          if (reading !== undefined) return yield* inUse(reading.id)
          yield* datasets.delete(dataset)
        })
      )
  })
)

const inUse = (run: string) =>
  new Conflict({ code: "dataset.used", detail: `the run ${run} reads this dataset`, hint: "cancel it first" })

const wrongType = (media: string, encoding: string) =>
  new UnsupportedMediaType({
    code: "events.type",
    detail:
      encoding === "identity"
        ? `events are not read as "${media.slice(0, 100)}"`
        : `a body packed with ${encoding.slice(0, 20)} is not read`,
    hint: "send application/json or application/x-ndjson, as it is"
  })
