import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { adoptBatch } from "../arrow/adopt.ts"
import type { DecodeRequest } from "./Decoder.ts"
import type { Source, SourceBatch } from "./Source.ts"
import type { SystemSource } from "./SystemSource.ts"
import type { TableSink, TableTarget } from "./TableSink.ts"

/**
 * Sources and sinks by promises. They are made where a plugin is, with its copies of Effect and of Arrow: who has others can
 * use these, but not the effects, streams and batches of the plugin itself. Rejections are what the effects fail with.
 */

/** A {@link SystemSource} by promises. */
export interface PromisedSource<Options> {
  readonly open: (uri: string, options: Options) => Promise<PromisedSources>
}

export interface PromisedSources {
  readonly sources: ReadonlyArray<
    Pick<Source, "name" | "bytes"> & { readonly read: (request: DecodeRequest) => AsyncIterable<SourceBatch> }
  >
  readonly close: () => Promise<void>
}

/** A {@link TableSink} by promises. It takes batches of any copy of Arrow. */
export interface PromisedSink<Options> {
  /** `empty`: a batch without rows, for its schema. */
  readonly stage: (target: Omit<TableTarget<Options>, "schema">, empty: RecordBatch) => Promise<PromisedTable>
  readonly commit: (uri: string, tokens: ReadonlyArray<string>) => Promise<void>
  readonly discard: (uri: string, tokens: ReadonlyArray<string>) => Promise<void>
}

export interface PromisedTable {
  readonly write: (batch: RecordBatch) => Promise<void>
  readonly prepare: () => Promise<string>
  /** Removes what is not prepared. */
  readonly close: () => Promise<void>
}

export const promisedSource = <Options>(open: SystemSource<Options>["open"]): PromisedSource<Options> => ({
  open: async (uri, options) => {
    const { close, value } = await inScope(open(uri, options))
    const sources = value.map(({ bytes, name, read }) => ({
      name,
      bytes,
      read: (request: DecodeRequest) => Stream.toAsyncIterable(read(request))
    }))
    return { sources, close }
  }
})

export const promisedSink = <Options>({
  commit,
  discard,
  stage
}: Pick<TableSink<Options>, "stage" | "commit" | "discard">): PromisedSink<Options> => ({
  stage: async (target, empty) => {
    const { close, value } = await inScope(stage({ ...target, schema: adoptBatch(empty).schema }))
    return {
      write: (batch) => Effect.runPromise(value.write(adoptBatch(batch))),
      prepare: () => Effect.runPromise(value.prepare),
      close
    }
  },
  commit: (uri, tokens) => Effect.runPromise(commit(uri, tokens)),
  discard: (uri, tokens) => Effect.runPromise(discard(uri, tokens))
})

/** What an effect gives, and what closes its scope. */
const inScope = async <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => {
  const scope = await Effect.runPromise(Scope.make())
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  try {
    return { value: await Effect.runPromise(Effect.provideService(effect, Scope.Scope, scope)), close }
  } catch (error) {
    await close()
    throw error
  }
}
