import { assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { samples } from "@sojourn/recipes"
import { readdirSync } from "node:fs"
import { buildIfStale } from "../support/command.ts"
import { filesBelow, runIn, textOf, withSample } from "./support.ts"

interface Case {
  readonly recipe: string
  readonly name: string
  readonly rows: number
  readonly words: string
}

const cases: ReadonlyArray<Case> = [
  {
    recipe: "event-sessions",
    name: "all",
    rows: 300,
    words: "event-sessions --input events.jsonl --out sessions.csv --skips-out skipped.csv --no-summary"
  },
  {
    recipe: "user-outcomes",
    name: "all",
    rows: 300,
    words:
      "user-outcomes --input outcomes-1.json outcomes-2.json --by-hour --json report.json --csv users.csv --rejects rejects.csv"
  },
  {
    recipe: "user-outcomes",
    name: "failures",
    rows: 300,
    words:
      "user-outcomes --input outcomes-2.json,outcomes-1.json --only-failures --min-failures 4 --json report.json --csv users.csv"
  }
]

beforeAll(buildIfStale, 120_000)

/** An ending of their own, so that no tool takes them for code. */
const ending = ".golden"
const golden = (path: string) => new URL(`golden/${path}`, import.meta.url).pathname

describe("the output of a recipe for its sample is the golden one", () => {
  for (const { name, recipe, rows, words } of cases) {
    it.each([1, 2, 4])(
      `${recipe}, ${name}, at %d threads`,
      async (threads) => {
        const at = await withSample(recipe, rows)
        const input = filesBelow(at, [])
        const { code, stderr, stdout } = await runIn(at, `${words} --threads ${threads}`)
        assert.strictEqual(code, 0, stderr)
        await expect(stdout + stderr).toMatchFileSnapshot(golden(`${recipe}/${name}/printed.txt${ending}`))
        const written = filesBelow(at, input)
        for (const path of written) {
          await expect(textOf(at, path)).toMatchFileSnapshot(golden(`${recipe}/${name}/${path}${ending}`))
        }
        const kept = filesBelow(golden(`${recipe}/${name}`), [`printed.txt${ending}`])
        assert.deepStrictEqual(
          written.map((path) => path + ending),
          kept
        )
      },
      60_000
    )
  }

  it("there is one for every recipe, and a sample", () => {
    const recipes = readdirSync(new URL("../../../../packages/recipes/recipes/", import.meta.url)).flatMap((file) =>
      file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : []
    )
    assert.sameMembers([...new Set(cases.map(({ recipe }) => recipe))], recipes)
    assert.sameMembers([...samples.keys()], recipes)
  })
})
