import { assert, beforeAll, describe, expect, it } from "@effect/vitest"
import { samples } from "@sojourn/recipes"
import { readdirSync } from "node:fs"
import { buildIfStale } from "../support/command.ts"
import { askDuckDb, digestOf, filesBelow, plain, runIn, textOf, withSample } from "./support.ts"

interface Case {
  readonly recipe: string
  readonly name: string
  readonly rows: number
  readonly words: string
  readonly env?: NodeJS.ProcessEnv
}

const cases: ReadonlyArray<Case> = [
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

/** A file as text: of Parquet its types and rows, as they stand. */
const shown = async (at: string, path: string): Promise<string> => {
  if (!path.endsWith(".parquet")) return textOf(at, path)
  const types = await askDuckDb(at, `describe from '${path}'`)
  const rows = await askDuckDb(at, `from '${path}'`)
  const columns = types.map(({ column_name, column_type }) => `${plain(column_name)} ${plain(column_type)}`).join(", ")
  return [`${path}: ${columns}`, ...rows.map((row) => JSON.stringify(row)), ""].join("\n")
}

describe("the output of a recipe for its sample is the golden one", () => {
  for (const { env = {}, name, recipe, rows, words } of cases) {
    it(`${recipe}, ${name}, at 1, 2 and 4 threads`, async () => {
      let first: ReadonlyArray<string> | undefined
      for (const threads of [1, 2, 4]) {
        const at = await withSample(recipe, rows)
        const input = filesBelow(at, [])
        const { code, stderr, stdout } = await runIn(at, `${words} --threads ${threads}`, env)
        assert.strictEqual(code, 0, stderr)
        const written = filesBelow(at, input)
        const bytes = [stdout + stderr, ...written.map((path) => `${path} ${digestOf(at, path)}`)]
        // The bytes of files that are no text are compared with each other.
        if (first !== undefined) {
          assert.deepStrictEqual(bytes, first)
          continue
        }
        first = bytes
        await expect(stdout + stderr).toMatchFileSnapshot(golden(`${recipe}/${name}/printed.txt${ending}`))
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
    }, 60_000)
  }

  it("there is one for every recipe, and a sample", () => {
    const recipes = readdirSync(new URL("../../../../packages/recipes/recipes/", import.meta.url)).flatMap((file) =>
      file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : []
    )
    assert.sameMembers([...new Set(cases.map(({ recipe }) => recipe))], recipes)
    assert.sameMembers([...samples.keys()], recipes)
  })
})
