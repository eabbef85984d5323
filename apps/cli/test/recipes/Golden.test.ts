import { assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { samples } from "@sojourn/recipes"
import { readdirSync } from "node:fs"
import { buildIfStale } from "../support/command.ts"
import { isDatabase, shown } from "./shown.ts"
import { digestOf, filesBelow, runIn, withSample } from "./support.ts"

interface Case {
  readonly recipe: string
  readonly name: string
  readonly rows: number
  readonly words: string
  readonly env?: NodeJS.ProcessEnv
  readonly code?: number
}

const cases: ReadonlyArray<Case> = [
  {
    recipe: "clickstream",
    name: "all",
    rows: 250,
    words: "clickstream --run-id golden --no-summary",
    // More than 5 % of the sample are rejected.
    code: 1
  },
  {
    recipe: "event-sessions",
    name: "all",
    rows: 300,
    words: "event-sessions --input events.jsonl --out sessions.csv --skips-out skipped.csv --no-summary"
  },
  {
    recipe: "learning-sessions",
    name: "all",
    rows: 150,
    words: "learning-sessions --rejects rejects.csv --findings findings.csv --no-summary",
    env: { STUDENT_KEY: "golden" }
  },
  {
    recipe: "learning-sessions",
    name: "cut-by-device-and-login",
    rows: 150,
    words: "learning-sessions --new-session-on device,login --gap 2h --no-summary",
    env: { STUDENT_KEY: "golden" }
  },
  {
    recipe: "learning-sessions",
    name: "some-dates",
    rows: 150,
    words: "learning-sessions --from 2024-07-04 --to 2024-07-05 --findings findings.csv --no-summary",
    env: { STUDENT_KEY: "golden" }
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
  },
  {
    recipe: "video-engagement",
    name: "tables",
    rows: 150,
    words: "video-engagement --db engagement.duckdb --out lake --rejects rejects.csv --no-summary"
  },
  {
    // So many that groups are judged.
    recipe: "video-engagement",
    name: "report",
    rows: 12_000,
    words: "video-engagement"
  }
]

beforeAll(buildIfStale, 120_000)

/** An ending of their own, so that no tool takes them for code. */
const ending = ".golden"
const golden = (path: string) => new URL(`golden/${path}`, import.meta.url).pathname

/** Files by the directory that is divided, or each by itself. */
const divided = (paths: ReadonlyArray<string>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const groups = new Map<string, Array<string>>()
  for (const path of paths) {
    const name = path.replace(/\/[^/=]+=.*$/, "")
    groups.set(name, [...(groups.get(name) ?? []), path])
  }
  return groups
}

const contentOf = async (at: string, path: string): Promise<string> =>
  `${path} ${isDatabase(path) ? await shown(at, path) : digestOf(at, path)}`

describe("the output of a recipe for its sample is the golden one", () => {
  for (const { code: expected = 0, env = {}, name, recipe, rows, words } of cases) {
    it(`${recipe}, ${name}, at 1, 2 and 4 threads`, async () => {
      let first: ReadonlyArray<string> | undefined
      for (const threads of [1, 2, 4]) {
        const at = await withSample(recipe, rows)
        const input = filesBelow(at, [])
        const { code, stderr, stdout } = await runIn(at, `${words} --threads ${threads}`, env)
        assert.strictEqual(code, expected, stderr)
        const printed = (stdout + stderr).replace(/^took .*\n/m, "")
        const written = filesBelow(at, input)
        const contents = await Promise.all(written.map((path) => contentOf(at, path)))
        const bytes = [printed, ...contents]
        // The bytes of files that are no text are compared with each other; those of a database are no one's business.
        if (first !== undefined) {
          assert.deepStrictEqual(bytes, first)
          continue
        }
        first = bytes
        await expect(printed).toMatchFileSnapshot(golden(`${recipe}/${name}/printed.txt${ending}`))
        const groups = [...divided(written)]
        for (const [group, paths] of groups) {
          const texts = await Promise.all(paths.map((path) => shown(at, path)))
          await expect(texts.join("")).toMatchFileSnapshot(golden(`${recipe}/${name}/${group}${ending}`))
        }
        const kept = filesBelow(golden(`${recipe}/${name}`), [`printed.txt${ending}`])
        assert.deepStrictEqual(
          groups.map(([group]) => group + ending),
          kept
        )
      }
    }, 240_000)
  }

  it("there is one for every recipe, and a sample", () => {
    const recipes = readdirSync(new URL("../../../../packages/recipes/recipes/", import.meta.url)).flatMap((file) =>
      file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : []
    )
    assert.sameMembers([...new Set(cases.map(({ recipe }) => recipe))], recipes)
    assert.sameMembers([...samples.keys()], recipes)
  })
})
