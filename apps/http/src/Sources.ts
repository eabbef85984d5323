import { NotFound, type RunSource } from "@sojourn/client"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Datasets } from "./events/Datasets.ts"
import type { ServerOptions } from "./Options.ts"
import type { JobInput } from "./run/Job.ts"
import { Uploads } from "./Uploads.ts"

/** What a run can read. */
export class Sources extends Context.Service<
  Sources,
  {
    readonly input: (source: RunSource) => Effect.Effect<JobInput, NotFound>
  }
>()("@sojourn/http/Sources") {
  static readonly layer = ({
    stores
  }: Pick<ServerOptions, "stores">): Layer.Layer<Sources, never, Uploads | Datasets> =>
    Layer.effect(
      Sources,
      Effect.gen(function* () {
        const uploads = yield* Uploads
        const datasets = yield* Datasets
        return Sources.of({
          input: (source) => {
            if ("upload" in source)
              return Effect.map(uploads.get(source.upload), (upload) => ({ files: uploads.files(upload) }))
            if ("dataset" in source) return Effect.map(datasets.files(source.dataset), (files) => ({ files }))
            return Object.hasOwn(stores, source.store)
              ? Effect.succeed({ uri: stores[source.store] })
              : Effect.fail(noStore(source.store, Object.keys(stores)))
          }
        })
      })
    )
}

const noStore = (name: string, known: ReadonlyArray<string>) =>
  new NotFound({
    code: "store",
    detail: `there is no store "${name.slice(0, 100)}"`,
    hint: known.length === 0 ? "the server is started without stores: --store NAME=URI" : `there is ${known.join(", ")}`
  })
