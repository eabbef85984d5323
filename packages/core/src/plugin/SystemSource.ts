import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { PluginError } from "./PluginError.ts"
import { type PluginOptions, pluginOptions } from "./PluginOptions.ts"
import { type PromisedSource, promisedSource } from "./Promised.ts"
import type { Source } from "./Source.ts"

/** A system that gives records and is no store of files, such as a database that is asked a query. */
export interface SystemSource<Options> extends PluginOptions<Options> {
  readonly kind: "source"
  readonly name: string
  readonly summary: string
  readonly options: Schema.Codec<Options, unknown>
  /** Endings of uris, without the dot, that mean this system. */
  readonly extensions: ReadonlyArray<string>
  /** What there is to read, in the order in which it is read: the same for the same content. */
  readonly open: (uri: string, options: Options) => Effect.Effect<ReadonlyArray<Source>, PluginError, Scope.Scope>
  readonly promised: PromisedSource<Options>
}

/** A source as a value, with its options' type inferred. */
export const defineSource = <Options>(
  source: Omit<SystemSource<Options>, "kind" | "promised" | keyof PluginOptions<Options>>
): SystemSource<Options> => ({
  kind: "source",
  ...source,
  promised: promisedSource(source.open),
  ...pluginOptions(source.options)
})
