import { assert, describe, it } from "@effect/vitest"
import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs"
import { isAbsolute, join, relative } from "node:path"
import { builtInFormats } from "../../src/Formats.ts"
import { Commit } from "../../src/output/Commit.ts"
import { fileSink } from "../../src/output/FileSink.ts"
import { directory } from "../support/directory.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const encoding = { begin: () => bytes("begin\n"), encode: () => bytes("batch\n"), end: () => bytes("end\n") }
const whole = "begin\nbatch\nend\n"

/** Opens a sink, does so many of its steps, and closes it. */
const steps = (uri: string, count: number, between: () => void = () => undefined) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const sink = yield* fileSink(uri, encoding, new Commit(builtInFormats))
        const all = [sink.write(undefined as never), sink.prepare, sink.commit]
        for (const step of all.slice(0, count)) yield* step
        between()
      })
    )
  )

describe("fileSink", () => {
  it("makes directories as needed and leaves nothing but the file", async () => {
    const at = directory()
    await steps(join(at, "a/b/out.csv"), 3)
    assert.strictEqual(readFileSync(join(at, "a/b/out.csv"), "utf8"), whole)
    assert.deepStrictEqual(readdirSync(join(at, "a/b")), ["out.csv"])
  })

  it("leaves the former file as it was until the commit, and without one for good", async () => {
    for (const count of [0, 1, 2]) {
      const at = directory({ "out.csv": "former" })
      const path = join(at, "out.csv")
      await steps(path, count, () => assert.strictEqual(readFileSync(path, "utf8"), "former"))
      assert.deepStrictEqual(readdirSync(at), ["out.csv"])
      assert.strictEqual(readFileSync(path, "utf8"), "former")
    }
  })

  it("leaves nothing behind when writing fails", async () => {
    const at = directory()
    const broken = { ...encoding, begin: () => undefined as never }
    const exit = await Effect.runPromiseExit(
      Effect.scoped(fileSink(join(at, "out.csv"), broken, new Commit(builtInFormats)))
    )
    assert.strictEqual(exit._tag, "Failure")
    assert.deepStrictEqual(readdirSync(at), [])
  })

  it("keeps the permissions of the file that it replaces, and the link that leads to it", async () => {
    const at = directory({ "real/out.csv": "former" })
    chmodSync(join(at, "real/out.csv"), 0o640)
    symlinkSync("real/out.csv", join(at, "link.csv"))
    await steps(join(at, "link.csv"), 3)
    assert.isTrue(lstatSync(join(at, "link.csv")).isSymbolicLink())
    assert.strictEqual(readFileSync(join(at, "real/out.csv"), "utf8"), whole)
    assert.strictEqual(statSync(join(at, "real/out.csv")).mode & 0o777, 0o640)
    assert.deepStrictEqual(readdirSync(join(at, "real")), ["out.csv"])
  })

  it("appears with another one of the same directory, whatever that is called and whichever was there before", async () => {
    for (const former of [[], ["a.csv"], ["a.csv", "b.csv"]]) {
      const at = directory(Object.fromEntries(former.map((name) => [`real/${name}`, "former"])))
      mkdirSync(join(at, "real"), { recursive: true })
      symlinkSync("real", join(at, "link"))
      const names = [relative(process.cwd(), join(at, "real/a.csv")), join(at, "link/b.csv"), join(at, "real/c.csv")]
      const journals: Array<string> = []
      await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            const commit = new Commit(builtInFormats)
            const sinks = yield* Effect.forEach(names, (name) => fileSink(name, encoding, commit))
            for (const sink of sinks) yield* sink.prepare
            yield* sinks[0].commit
            // Half of it is done: a run that is started anywhere could finish it.
            for (const name of readdirSync(join(at, "real")).filter((name) => name.endsWith(".journal"))) {
              journals.push(readFileSync(join(at, "real", name), "utf8"))
            }
            for (const sink of sinks) yield* sink.commit
          })
        )
      )
      assert.strictEqual(journals.length, 1)
      const { files } = JSON.parse(journals[0]) as { files: ReadonlyArray<{ uri: string; token: string }> }
      for (const { token, uri } of files) assert.isTrue(isAbsolute(uri) && isAbsolute(token), `${uri} ${token}`)
      assert.deepStrictEqual(readdirSync(join(at, "real")), ["a.csv", "b.csv", "c.csv"])
    }
  })

  it("fails for a directory, and below a file", async () => {
    const at = directory({ file: "" })
    mkdirSync(join(at, "dir.csv"))
    const failure = (name: string) =>
      Effect.runPromise(Effect.flip(Effect.scoped(fileSink(join(at, name), encoding, new Commit(builtInFormats)))))
    for (const [name, message] of [
      ["dir.csv", "it is a directory"],
      ["file/out.csv", "part of the path is a file, not a directory"]
    ]) {
      const error = await failure(name)
      assert.instanceOf(error, PluginError)
      assert.strictEqual(error.message, `cannot write ${join(at, name)}: ${message}`)
    }
  })
})
