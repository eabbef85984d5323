import { makePlan, type Plan, readParams, readSpec, readSpecs } from "@sojourn/core"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { globSync, readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { recipesFolder, samples } from "../src/index.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const files = readdirSync(recipesFolder)
const textOf = (file: string) => readFileSync(new URL(file, recipesFolder), "utf8")

/** The plans of a recipe when every param is given that names files. */
const plansOf = (file: string): ReadonlyArray<Plan> => {
  const text = textOf(file)
  const params = Object.entries(Result.getOrThrow(readParams(file, text)))
  const given = params.flatMap(([name, { choices, type }]) =>
    type === "path" || (type === "list" && choices === undefined) ? [[name, `${name}.csv`] as const] : []
  )
  const values = { params: Object.fromEntries(given), env: { STUDENT_KEY: "secret" } }
  return Result.getOrThrow(readSpecs(file, text, values)).map((read) => Result.getOrThrow(makePlan(read)))
}

describe("every recipe", () => {
  for (const file of files) {
    it(`${file} becomes plans when every param is given, and its name is the file's`, () => {
      for (const plan of plansOf(file)) {
        assert.strictEqual(`${plan.name}.yaml`, file)
        assert.isAbove(plan.write.length, 0)
      }
    })

    it(`${file} describes itself and each of its params, in at most 200 lines of at most 120 characters`, () => {
      const text = textOf(file)
      assert.match(text, /^description: \S/m)
      for (const [name, { description }] of Object.entries(Result.getOrThrow(readParams(file, text)))) {
        assert.isDefined(description, name)
      }
      const lines = text.trimEnd().split("\n")
      assert.isAtMost(lines.length, 200)
      for (const line of lines) assert.isAtMost(line.length, 120)
    })
  }
})

describe("every recipe", () => {
  it.each(files)("%s has a page with every column that it writes, and a line in each list of recipes", (file) => {
    const name = file.replace(/\.yaml$/, "")
    const page = readFileSync(new URL(`../../../docs/recipes/${name}.md`, import.meta.url), "utf8")
    for (const column of plansOf(file).flatMap(({ write }) => write.flatMap(({ columns }) => columns)))
      assert.include(page, `\`${column}\``)
    for (const list of ["../README.md", "../../../docs/recipes/README.md"]) {
      assert.include(readFileSync(new URL(list, import.meta.url), "utf8"), name)
    }
  })

  it("is known to nothing but its own package by name", () => {
    const names = files.map((file) => file.replace(/\.yaml$/, ""))
    const sources = globSync(["packages/*/src/**/*", "apps/*/src/**/*"], {
      cwd: root,
      exclude: ["packages/recipes/**"],
      withFileTypes: true
    }).filter((entry) => entry.isFile())
    const parts = new Set(sources.map(({ parentPath }) => relative(root, parentPath).split(sep).slice(0, 2).join("/")))
    assert.includeMembers([...parts], ["packages/core", "packages/node", "apps/cli", "apps/http", "apps/web"])
    for (const { name: file, parentPath } of sources) {
      const text = readFileSync(join(parentPath, file), "utf8")
      for (const name of names) assert.isFalse(text.includes(name), `${name} in ${join(parentPath, file)}`)
    }
  })
})

describe("samples", () => {
  const written = (name: string, rows: number) => {
    const made = new Map<string, string>()
    const pieces = samples.get(name)?.pieces({ rows, asOf: Date.UTC(2024, 6, 10, 10) }) ?? []
    for (const [path, text] of pieces) made.set(path, (made.get(path) ?? "") + text)
    return made
  }

  it.each([...samples.keys()])("%s: the same bytes again, with times that end an hour before", (name) => {
    const text = [...written(name, 500).values()].join("")
    assert.deepStrictEqual([...written(name, 500).values()].join(""), text)
    const times = text.match(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/g) ?? []
    assert.isAbove(times.length, 300)
    assert.strictEqual(
      times
        .map((time) => time.replace("T", " "))
        .sort()
        .at(-1),
      "2024-07-10 09:00:00"
    )
  })
})

describe("event-sessions", () => {
  const planOf = (params: Readonly<Record<string, string>>) =>
    Result.getOrThrow(
      makePlan(Result.getOrThrow(readSpec("event-sessions.yaml", textOf("event-sessions.yaml"), { params, env: {} })))
    )

  it("writes the skipped events only where it is told to", () => {
    const tables = (params: Readonly<Record<string, string>>) => planOf(params).write.map(({ table }) => table)
    assert.deepStrictEqual(tables({ input: "events.json" }), ["sessions"])
    assert.deepStrictEqual(tables({ input: "events.json", skips_out: "skipped.csv" }), ["sessions", "rejects"])
  })

  it("cuts nothing and compares events by user, time and type", () => {
    const plan = planOf({ input: "events.json" })
    assert.deepStrictEqual(plan.sessionize?.rules, [])
    assert.deepStrictEqual(plan.dedupe, { key: "columns", columns: ["user_id", "event_time", "event_type"] })
  })
})
