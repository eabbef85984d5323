import { assert, describe, it } from "@effect/vitest"
import { csvEncoder } from "@sojourn/sinks-csv"
import { Field, Float64, Schema } from "apache-arrow"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { builtInFormats } from "../../src/Formats.ts"
import { Commit } from "../../src/output/Commit.ts"
import { fileSink } from "../../src/output/FileSink.ts"
import { directory } from "../support/directory.ts"

const schema = new Schema([new Field("a", new Float64(), true)])

describe("the commit of a run", () => {
  it("has as many turns as there are: each puts in place what was added before it, and leaves nothing else", async () => {
    const at = directory()
    const names = () => readdirSync(at).toSorted()
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const commit = new Commit(builtInFormats)
          const sinks = yield* Effect.forEach(["a", "b", "c", "d", "e"], (name) =>
            fileSink(join(at, `${name}.csv`), csvEncoder.open({}, schema), commit)
          )
          for (const turn of [sinks.slice(0, 2), sinks.slice(2, 4), sinks.slice(4)]) {
            const before = names().filter((name) => /^.\.csv$/.test(name)).length
            for (const { prepare } of turn) yield* prepare
            for (const sink of turn) yield* sink.commit
            assert.strictEqual(names().filter((name) => /^.\.csv$/.test(name)).length, before + turn.length)
          }
        })
      )
    )
    assert.deepStrictEqual(names(), ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"])
    assert.strictEqual(readFileSync(join(at, "a.csv"), "utf8"), readFileSync(join(at, "e.csv"), "utf8"))
  })

  it("of a later turn does not happen when the run ends before it", async () => {
    const at = directory()
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const commit = new Commit(builtInFormats)
          const open = (name: string) => fileSink(join(at, name), csvEncoder.open({}, schema), commit)
          const [first, second, third] = [yield* open("a.csv"), yield* open("b.csv"), yield* open("c.csv")]
          yield* first.prepare
          yield* second.prepare
          yield* first.commit
          yield* second.commit
          yield* third.prepare
        })
      )
    )
    assert.deepStrictEqual(readdirSync(at).toSorted(), ["a.csv", "b.csv"])
  })
})
