import { assert, beforeAll, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { buildIfStale } from "../support/command.ts"
import { directory } from "../support/directory.ts"
import { type BadInputs, kinds } from "./badInput/BadInput.ts"
import { eventSessions } from "./badInput/eventSessions.ts"
import { learningSessions } from "./badInput/learningSessions.ts"
import { userOutcomes } from "./badInput/userOutcomes.ts"
import { runIn, textOf } from "./support.ts"

/** A table for each recipe, in a module of its own. */
const tables: ReadonlyArray<BadInputs> = [eventSessions, learningSessions, userOutcomes]

beforeAll(buildIfStale, 120_000)

describe.each(tables)("$recipe tells clearly of bad input", ({ env = {}, inputs, recipe, words }) => {
  it("of every kind", () => {
    assert.sameMembers([...new Set(inputs.map(({ kind }) => kind))], [...kinds])
  })

  it.each(inputs.map((input) => ({ ...input, name: [input.kind, input.of ?? []].flat().join(": ") })))(
    "$name",
    async ({ code: expected, files, told, words: more = "", written = {} }) => {
      const at = directory(files)
      const { code, stderr, stdout } = await runIn(at, `${recipe} ${words} ${more}`, env)
      assert.strictEqual(code, expected, stderr)
      assert.match(stderr + stdout, told)
      assert.notMatch(stderr, /^ {4}at |defect/m)
      for (const [path, text] of Object.entries(written)) assert.strictEqual(textOf(at, path), text, path)
      // Nothing appears of what could not be read.
      if (code === 3) assert.isFalse(existsSync(join(at, "data/silver")) || existsSync(join(at, "sessions.csv")))
    }
  )
})
