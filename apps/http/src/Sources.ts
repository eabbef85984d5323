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
    /** What is read, and the source that names the same records again, whatever comes later. */
    readonly open: (source: RunSource) => Effect.Effect<{ input: JobInput; source: RunSource }, NotFound>
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
          open: (source) => {
            if ("upload" in source) {
              return Effect.map(uploads.get(source.upload), (upload) => ({
                input: { files: uploads.files(upload) },
                source
              }))
            }
            if ("dataset" in source) {
              return Effect.map(datasets.files(source.dataset, source.until), ({ files, until }) => ({
                input: { files },
                source: { ...source, until }
              }))
            }
            return Object.hasOwn(stores, source.store)
              ? Effect.succeed({ input: { uri: stores[source.store] }, source })
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
