import * as Data from "effect/Data"

/**
 * What kind of failure it was, so that the engine knows whether to try again and the command which exit code to use.
 *
 * `Config`, `Auth`, `NotFound`, `Unsupported` are permanent: the user must change something. `Transient` and
 * `RateLimited` may pass: the engine owns the retries. `Data` is about bytes that cannot be read at all (a damaged
 * archive), never about one bad record: those are rejects. `Conflict` means that another run owns the target.
 */
export type Reason =
  | "Config"
  | "Auth"
  | "NotFound"
  | "Unsupported"
  | "Transient"
  | "RateLimited"
  | "Data"
  | "Conflict"
  | "Internal"

/** A source, sink, store or format could not do its work. `message` is for a person and holds no secrets. */
export class PluginError extends Data.TaggedError("PluginError")<{
  readonly plugin: string
  readonly reason: Reason
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
  readonly cause?: unknown
}> {}

/** The same failure with the place in the spec that it belongs to. */
export const atPlace = (place: string, { cause, hint, message, plugin, reason }: PluginError): PluginError =>
  new PluginError({ plugin, reason, message: `${place}: ${message}`, ...(hint === undefined ? {} : { hint }), cause })
