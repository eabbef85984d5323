import { csvDecoder } from "@sojourn/sources-csv"
import { assert, describe, it } from "vitest"
import { checkManifest, RuleBroken } from "../src/index.ts"

const told = {
  kind: "decoder",
  name: "csv",
  summary: csvDecoder.summary,
  extensions: csvDecoder.extensions,
  options: csvDecoder.optionsSchema()
}

describe("checkManifest", () => {
  it("takes a package.json that tells of its plugins what they are", () => {
    assert.isUndefined(checkManifest({ name: "x", sojourn: { plugins: [told] } }, [csvDecoder as never]))
  })

  it.each<[string, unknown]>([
    ["nothing", { name: "x" }],
    ["no plugin", { sojourn: { plugins: [] } }],
    ["another summary", { sojourn: { plugins: [{ ...told, summary: "CSV" }] } }],
    ["an option less", { sojourn: { plugins: [{ ...told, options: { type: "object" } }] } }]
  ])("refuses one that tells %s, and says what it should", (_, manifest) => {
    try {
      checkManifest(manifest, [csvDecoder as never])
      assert.fail("taken")
    } catch (error) {
      assert.instanceOf(error, RuleBroken)
      assert.include(error.message, '"delimiter"')
    }
  })
})
