import { assert, describe, it } from "@effect/vitest"
import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { pathToFileURL } from "node:url"
import { join } from "node:path"
import { loadPlan } from "../src/LoadPlan.ts"
import { resolvePlugin } from "../src/Plugins.ts"
import { directory } from "./support/directory.ts"

const core = import.meta.resolve("@sojourn/core")
const effectSchema = import.meta.resolve("effect/Schema")

/** A decoder of lines `user time`, which has no kernel and reads a whole input at its end. */
const decoder = (name: string) => `
import { defineDecoder, EventBatchBuilder } from ${JSON.stringify(core)}
import * as Schema from ${JSON.stringify(effectSchema)}
globalThis.loaded = [...(globalThis.loaded ?? []), ${JSON.stringify(name)}]
export default defineDecoder({
  name: ${JSON.stringify(name)},
  summary: "words",
  options: Schema.Struct({ skip: Schema.optionalKey(Schema.Int) }),
  extensions: ["${name}"],
  open: () => { throw new Error("not needed here") }
})
`

const spec = (plugins: string, rest = "source: { uri: a.words }") =>
  `version: 1\nname: n\nplugins: ${plugins}\n${rest}\nevent: { user: u, time: t }\n`

const load = (at: string, text: string) =>
  Effect.runPromise(Effect.result(loadPlan({ file: join(at, "spec.yaml"), text }, { params: {}, env: {} })))

const problems = async (at: string, text: string): Promise<ReadonlyArray<string>> => {
  const result = await load(at, text)
  return result._tag === "Failure" ? result.failure.message.replaceAll(`${at}/`, "").split("\n") : []
}

const packageJson = (exports: unknown) => JSON.stringify({ name: "words", version: "1.0.0", type: "module", exports })

describe("plugins", () => {
  it("are found by path and by package, from the spec's file, under the conditions of Node", () => {
    for (const exports of [
      "./a.js",
      { ".": "./a.js" },
      { ".": { types: "./a.d.ts", import: "./a.js" } },
      { node: "./a.js" }
    ]) {
      const at = directory({
        "jobs/spec.yaml": "",
        "jobs/own.js": "",
        "node_modules/words/package.json": packageJson(exports),
        "node_modules/words/a.js": ""
      })
      const file = join(at, "jobs/spec.yaml")
      assert.strictEqual(resolvePlugin("words", file), pathToFileURL(join(at, "node_modules/words/a.js")).href)
      assert.strictEqual(resolvePlugin("./own.js", file), pathToFileURL(join(at, "jobs/own.js")).href)
    }
  })

  it("that are not there, or are none, are told with their place in the spec", async () => {
    const at = directory({
      "bad.js": "export default { kind: 'decoder' }",
      "throws.js": "throw new Error('out of order')",
      "node_modules/empty/package.json": JSON.stringify({ name: "empty" })
    })
    assert.deepStrictEqual(await problems(at, spec("[./none.js, ./bad.js, ./throws.js, nowhere, empty]")), [
      "spec.yaml:3:11: no such file: none.js",
      "  paths of plugins are relative to the spec's file",
      `spec.yaml:3:22: file://bad.js is no plugin: its default export is not what it should be`,
      "  export default defineDecoder({ … }), defineFileDecoder, defineEncoder, defineSource, defineSink, or a list of what they give",
      "spec.yaml:3:32: the plugin file://throws.js cannot be loaded: out of order",
      "  run it by itself with node to see where",
      "spec.yaml:3:45: the package nowhere is not installed for spec.yaml",
      "  install it: npm install nowhere",
      "spec.yaml:3:54: the package empty has no main module",
      "  its package.json needs exports or main"
    ])
  })

  it("give formats to the spec that names them, with their options, and to no other; no other code is run", async () => {
    const at = directory({ "words.ts": decoder("words"), "other.ts": decoder("other") })
    const used = "source: { uri: a.log, format: { name: words, skip: 1 } }"
    assert.deepStrictEqual(await problems(at, spec("[./words.ts]", used)), [])
    const { loaded = [] } = globalThis as { loaded?: ReadonlyArray<string> }
    assert.isTrue(loaded.includes("words"))
    assert.isFalse(loaded.includes("other"))
    assert.deepStrictEqual(await problems(at, spec("[./words.ts]", used.replace("skip: 1", "skip: x"))), [
      'spec.yaml:4:52: expected a number, found "x"'
    ])
    assert.deepStrictEqual(await problems(at, spec("[]", used)), [
      'spec.yaml:4:31: no format "words" to read; expected json, csv, access-log, parquet or duckdb'
    ])
  })

  it("may not be called as what there is already", async () => {
    const at = directory({ "csv.ts": decoder("csv"), "a.ts": decoder("same"), "b.ts": decoder("same") })
    const [first] = await problems(at, spec("[./csv.ts]"))
    assert.match(first, /^spec.yaml:3:11: .*csv.ts is called "csv", as a decoder that there is already/)
    const [second] = await problems(at, spec("[./a.ts, ./b.ts]"))
    assert.match(second, /^spec.yaml:3:19: .*b.ts is called "same"/)
  })

  it("resolve to a PluginError without a spec too", () => {
    assert.throws(() => resolvePlugin("nowhere", "spec.yaml"), PluginError, "the package nowhere is not installed")
  })
})
