import { Unprocessable } from "@sojourn/client"
import { type InputFile, readExcerpt, TextLines } from "@sojourn/node"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Limits } from "../Options.ts"
import { explain } from "../run/explain.ts"

/** Files whose lines stay known. */
const mostKnown = 50

/** Reads some bytes of a file as text. */
export const readText = Effect.fnUntraced(function* (file: InputFile, from: number, length: number) {
  const excerpt = yield* reading((signal) => readExcerpt(file, from, length, signal))
  if (excerpt.bytes.includes(0)) return yield* noText(file)
  return excerpt
})

/** Reads lines of files. Where they are is found out once for a file, and remembered for the last few of these. */
export const makeLineReader = ({ recogniseSeconds }: Pick<Limits, "recogniseSeconds">) =>
  Effect.map(Semaphore.make(1), (place) => {
    const known = new Map<string | undefined, TextLines>()
    const find = Effect.fnUntraced(function* (file: InputFile) {
      const found = known.get(file.at) ?? (yield* reading((signal) => TextLines.of(file, signal)))
      if (found === undefined) return yield* noText(file)
      known.delete(file.at)
      known.set(file.at, found)
      if (known.size > mostKnown) known.delete(known.keys().next().value)
      return found
    })
    return Effect.fnUntraced(
      function* (file: InputFile, from: number, count: number) {
        // Pages of one file are asked for at once: the second finds what the first has found.
        const lines = yield* place.withPermits(1)(find(file))
        return { total: lines.total, lines: yield* reading((signal) => lines.read(from, count, signal)) }
      },
      Effect.timeoutOrElse({ duration: `${recogniseSeconds} seconds`, orElse: () => tooLong(recogniseSeconds) })
    )
  })

const reading = <A>(read: (signal: AbortSignal) => Promise<A>) =>
  Effect.tryPromise({
    try: read,
    catch: (cause) => {
      const problem = explain(cause)
      if (problem === undefined) throw cause
      return new Unprocessable(problem)
    }
  })

const noText = ({ path }: InputFile) => new Unprocessable({ code: "text", detail: `${path} is no text` })

const tooLong = (seconds: number) =>
  Effect.fail(
    new Unprocessable({
      code: "limit.time",
      detail: `it took longer than ${seconds} seconds, the most that is allowed here`,
      hint: "unpack large files before they are sent, or take the text around an offset"
    })
  )
