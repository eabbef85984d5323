import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { linkSync, readdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { builtInFormats } from "../src/Formats.ts"
import { loadPlan } from "../src/LoadPlan.ts"
import { checkTargets } from "../src/Targets.ts"
import { directory } from "./support/directory.ts"

const outcome = (at: string, input: string, output: string, enrich: object = {}) =>
  Effect.gen(function* () {
    const text = JSON.stringify({
      version: 1,
      name: "x",
      source: { uri: join(at, input) },
      event: { user: "u", time: "t", enrich },
      sessions: {},
      outputs: { sessions: { uri: output.startsWith("/") ? output : join(at, output), format: "csv" } }
    })
    return yield* checkTargets(yield* loadPlan({ file: "x.json", text }, { params: {}, env: {} }), builtInFormats)
  }).pipe(Effect.match({ onFailure: ({ message }) => message, onSuccess: () => "good" }), Effect.runPromise)

describe("checkTargets", () => {
  it("finds nothing wrong with new files, others, links and devices, and makes nothing", async () => {
    const at = directory({ "in/a.csv": "", "b.csv": "" })
    symlinkSync("b.csv", join(at, "link.csv"))
    linkSync(join(at, "in/a.csv"), join(at, "other-name.csv"))
    for (const output of ["new/dir/a.csv", "b.csv", "link.csv", "/dev/null", "in/b.csv", "other-name.csv"])
      assert.strictEqual(await outcome(at, "in", output), "good", output)
    assert.deepStrictEqual(readdirSync(at), ["b.csv", "in", "link.csv", "other-name.csv"])
  })

  it("finds outputs that would replace an input, through links too", async () => {
    const at = directory({ "in/a.csv": "" })
    symlinkSync("in", join(at, "also"))
    for (const [input, output] of [
      ["in", "in/a.csv"],
      ["in/*.csv", "also/a.csv"],
      ["also/a.csv", "in/../in/a.csv"]
    ]) {
      assert.include(await outcome(at, input, output), "the sessions would replace", output)
    }
  })

  it("finds outputs that would replace a file that is joined to events, and one that is not there", async () => {
    const at = directory({ "a.csv": "", "users.csv": "" })
    const joined = (file: string, output: string) => {
      const enrich = { people: { source: { uri: join(at, file) }, key: "k", on: "u", columns: {} } }
      return outcome(at, "a.csv", output, enrich)
    }
    assert.strictEqual(await joined("users.csv", "other.csv"), "good")
    const replaced = `cannot write ${join(at, "users.csv")}: the sessions would replace ${join(at, "users.csv")}, which is read`
    assert.strictEqual(await joined("users.csv", "users.csv"), replaced)
    const missing = `event.enrich.people.source: no such file: ${join(at, "no.csv")}`
    assert.strictEqual(await joined("no.csv", "other.csv"), missing)
  })

  it("finds directories, and paths below a file", async () => {
    const at = directory({ "a.csv": "", "dir.csv/x": "" })
    assert.strictEqual(await outcome(at, "a.csv", "dir.csv"), `cannot write ${join(at, "dir.csv")}: it is a directory`)
    assert.strictEqual(
      await outcome(at, "a.csv", "a.csv/b/c.csv"),
      `cannot write ${join(at, "a.csv/b/c.csv")}: part of the path is a file, not a directory`
    )
  })
})
