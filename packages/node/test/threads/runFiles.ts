import { Connections, type DecodeRequest, localEngine, type RunOptions, type SourceBatch } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { loadPlan } from "../../src/LoadPlan.ts"
import { builtInFormats } from "../../src/Formats.ts"
import * as NodeConnections from "../../src/NodeConnections.ts"
import { type CrewOptions, threadCrew } from "../../src/threads/crew.ts"

/** How a job is run; without `crew` by the calling thread alone. */
export interface Setting {
  readonly crew?: Partial<CrewOptions>
  readonly plain?: boolean
  /** Inputs, none of them packed, are decoded in chunks of so many bytes. */
  readonly chunkBytes?: number
  /** Count the times between events; otherwise sessions may be cut in the kernels. */
  readonly gaps?: boolean
  readonly onProgress?: RunOptions["onProgress"]
}

/** What a run leaves behind: its summary, and its outputs by name. */
export interface Left {
  readonly summary: unknown
  readonly files: Readonly<Record<string, string>>
}

/** Far beyond what any test gathers, and so little that every batch is put into a file. */
export const memory = { enough: 1e9, none: 1 } as const

/** Runs a spec, whose outputs all go below `out` in the directory, and takes the outputs away again. */
export const runFiles = async (at: string, spec: string, setting: Setting): Promise<Left> => {
  const { summary } = await Effect.runPromise(runEffect(at, spec, setting))
  const out = join(at, "out")
  const names = existsSync(out) ? readdirSync(out).toSorted() : []
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(out, name), "utf8")]))
  rmSync(out, { recursive: true, force: true })
  return { summary, files }
}

/** The run of a spec, in which `$AT` stands for the directory. */
export const runEffect = (
  at: string,
  spec: string,
  { chunkBytes, crew, gaps = false, onProgress, plain = false }: Setting
) =>
  loadPlan({ file: "spec.yaml", text: spec.replaceAll("$AT", at) }, { params: {}, env: {} }).pipe(
    Effect.flatMap((plan) =>
      localEngine.run(plan, {
        asOfMicros: Date.UTC(2024, 6, 12) * 1000,
        gaps,
        plain,
        ...(onProgress && { onProgress }),
        ...(crew && {
          crew: threadCrew({ formats: builtInFormats, threads: 1, eventBytes: memory.enough, enoughBytes: 0, ...crew })
        })
      })
    ),
    Effect.provide(chunkBytes === undefined ? NodeConnections.layer(builtInFormats) : chunked(chunkBytes))
  )

/** Files as sources that give their bytes in chunks of one size; sinks as always. */
const chunked = (chunkBytes: number): Layer.Layer<Connections> =>
  Layer.effect(
    Connections,
    Effect.map(Effect.provide(Connections, NodeConnections.layer(builtInFormats)), (connections) =>
      Connections.of({
        sink: connections.sink,
        sources: (input) =>
          connections.sources(input).pipe(
            Effect.map((sources) =>
              sources.map(({ bytes, name }) => ({
                name,
                bytes,
                read: (request: DecodeRequest) => Stream.fromIterable(batchesOf(name, chunkBytes, request))
              }))
            )
          )
      })
    )
  )

const batchesOf = function* (path: string, chunkBytes: number, request: DecodeRequest): Generator<SourceBatch> {
  const bytes = new Uint8Array(readFileSync(path))
  const decoding = builtInFormats.openDecoding(null, path, bytes.subarray(0, 4), request)
  const notes: Array<string> = []
  for (let from = 0; from < bytes.length; from += chunkBytes) {
    for (const batch of decoding.push(bytes.slice(from, from + chunkBytes))) {
      yield Object.assign(batch, { bytes: chunkBytes, notes })
    }
  }
  const last = decoding.end()
  notes.push(...decoding.notes())
  for (const batch of last) yield Object.assign(batch, { bytes: 0, notes })
}
