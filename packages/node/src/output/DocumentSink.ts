import type { Encoding, PluginError, Sink, Write } from "@sojourn/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { encoded } from "./FileSink.ts"

/** Opens a file for bytes that are encoded already. */
type OpenFile = (bytes: Encoding) => Effect.Effect<Sink, PluginError, Scope.Scope>

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** What of a document is written so far. */
interface Open {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, PluginError>
  readonly file: Sink
  /** Members opened, and how many of them are complete. */
  members: number
  complete: number
}

/**
 * The JSON documents of a run. The first member of one goes straight into its file, the others wait in memory for their
 * turn: sinks are opened and prepared in the order of their outputs.
 */
export class Documents {
  private readonly open = new Map<string, Open>()

  /** The sink of one member of the document that an output is. */
  sink(
    { member, output, uri }: Pick<Write, "output" | "uri"> & { readonly member: NonNullable<Write["member"]> },
    encoding: Encoding,
    openFile: OpenFile
  ): Effect.Effect<Sink, PluginError, Scope.Scope> {
    return Effect.gen({ self: this }, function* () {
      const document = this.open.get(output) ?? (yield* this.begin(output, openFile))
      const own = document.members++
      const waiting: Array<Uint8Array> = []
      const put = (bytes: Uint8Array): Effect.Effect<void, PluginError> => {
        if (document.complete === own) return document.write(bytes)
        return Effect.sync(() => void waiting.push(bytes))
      }
      yield* put(text(`${own === 0 ? "{" : ","}\n${JSON.stringify(member.name)}:`))
      yield* Effect.flatMap(
        encoded(uri, () => encoding.begin()),
        put
      )
      const sink: Sink = {
        write: (batch) =>
          Effect.flatMap(
            encoded(uri, () => encoding.encode(batch)),
            put
          ),
        prepare: Effect.gen(function* () {
          yield* Effect.forEach(waiting, document.write, { discard: true })
          const end = yield* encoded(uri, () => encoding.end())
          // Without the newline that ends a file.
          yield* document.write(end.subarray(0, end.length - 1))
          document.complete++
          if (member.last) yield* document.file.prepare
        }),
        commit: member.last ? document.file.commit : Effect.void
      }
      return sink
    })
  }

  private begin(output: string, openFile: OpenFile): Effect.Effect<Open, PluginError, Scope.Scope> {
    const bytes: Encoding = {
      begin: () => new Uint8Array(0),
      encode: () => {
        throw new Error("members encode their rows themselves")
      },
      stateless: true,
      end: () => text("\n}\n")
    }
    return Effect.map(openFile(bytes), (file) => {
      const write = file.writeEncoded
      if (write === undefined) throw new Error("a file takes bytes")
      const document: Open = { write, file, members: 0, complete: 0 }
      this.open.set(output, document)
      return document
    })
  }
}
