import { assert, beforeAll, describe, it } from "@effect/vitest"
import { cpSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"
import { csv, instants, iso, jsonLines } from "./support/records.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const text = (path: string): string => readFileSync(join(root, path), "utf8")

/** Events of three users, a minute apart, with all the fields that the page names. */
const events = instants(60).map((instant, i) => ({
  event_id: i,
  user_id: `u${i % 3}`,
  event_time: iso(instant),
  event_type: ["login", "view", "search", "view", "purchase"][i % 5],
  page_url: `https://shop.example/p/${i % 4}?utm=x`,
  device: ["web", "ios", "android"][i % 7] ?? "web",
  price: i % 4 === 0 ? "none" : `${i}.5`,
  agent: "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  visit: i % 10 === 0 ? `visit-${i}` : null
}))
/** One is there twice, and one is cut off. */
const records = jsonLines([...events, events[7]]) + '{"event_id":1000,\n'

const pages = csv(
  "path,title,priority",
  [0, 1, 2, 3].map((page) => [`/p/${page}`, `Page ${page}`, page])
)

const specs = [...text("docs/spec.md").matchAll(/^(`{3,4})yaml\n([^]*?)^\1$/gm)].map(([, , spec]) => {
  return { name: /^name: (.*)$/m.exec(spec)?.[1], spec }
})

const flagsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  params: ["--days", "days.csv", "--gap", "1m"],
  daily: ["--date", "2024-07-10"]
}

/** Of a spec, or of one of its steps. */
interface Told {
  readonly outputs: ReadonlyArray<{ readonly table: string; readonly uri: string; readonly rows: number }>
}

/** Runs a spec in a directory: the outputs that have no rows there, which should be none. */
const emptyOutputs = async (
  at: string,
  path: string,
  flags: ReadonlyArray<string> = []
): Promise<ReadonlyArray<string>> => {
  const env = { USER_KEY: "secret", OUT_DIRECTORY: "out" }
  const { code, stderr, stdout } = await start(["run", path, "--summary", "json", ...flags], { cwd: at, env }).ended
  assert.strictEqual(code, 0, stderr)
  const told = JSON.parse(stdout) as Told | ReadonlyArray<Told>
  const outputs = [told].flat().flatMap((one) => one.outputs)
  assert.isNotEmpty(outputs)
  return outputs
    .filter(({ rows, uri }) => {
      // An output that is divided is a directory.
      const files = globSync([uri, `${uri}/**`], { cwd: at, withFileTypes: true }).filter((entry) => entry.isFile())
      const bytes = files.map(({ name, parentPath }) => statSync(join(parentPath, name)).size)
      return rows === 0 || bytes.length === 0 || bytes.includes(0)
    })
    .map(({ table }) => table)
}

beforeAll(buildIfStale, 120_000)

describe("docs/spec.md", () => {
  it("has specs, each with a name of its own", () => {
    assert.isAtLeast(specs.length, 5)
    assert.strictEqual(new Set(specs.map(({ name }) => name)).size, specs.length)
  })

  it.each(specs)("the spec $name runs, and each of its outputs has rows", async ({ name, spec }) => {
    const files = {
      "events.jsonl": records,
      "more.log": jsonLines(events.slice(0, 2)),
      "pages.csv": pages,
      "days/date=2024-07-10/events.jsonl": records
    }
    const at = directory({ ...files, "spec.yaml": spec })
    assert.deepStrictEqual(await emptyOutputs(at, "spec.yaml", flagsOf[name ?? ""]), [])
  })
})

/** A new directory with the examples. */
const withExamples = (): string => {
  const at = directory()
  cpSync(join(root, "examples"), join(at, "examples"), { recursive: true })
  return at
}

describe("examples", () => {
  it.each(globSync("examples/*/*.yaml", { cwd: root }))("%s runs, and each of its outputs has rows", async (path) => {
    assert.deepStrictEqual(await emptyOutputs(withExamples(), path), [])
  })
})

describe("README.md", () => {
  const blocks = text("README.md")
    .split(/\n(?=\S)/)
    .flatMap((part) => /(?:^ {4}.*\n|^\n)+/m.exec(part)?.[0].replace(/^ {4}/gm, "").trim() ?? [])

  it("has a spec that runs, and each of its outputs has rows", async () => {
    const at = withExamples()
    writeFileSync(join(at, "spec.yaml"), blocks.find((block) => block.startsWith("version: 1")) ?? "")
    assert.deepStrictEqual(await emptyOutputs(at, "spec.yaml"), [])
  })

  it("shows what the command prints", async () => {
    const words = "examples/quickstart/events.jsonl --gap 30m --out sessions.csv --rejects rejects.csv".split(" ")
    const at = withExamples()
    const { code, stderr, stdout } = await start(["sessions", ...words], { cwd: at }).ended
    assert.strictEqual(code, 0, stderr)
    const printed = [stderr, stdout, readFileSync(join(at, "sessions.csv"), "utf8")].join("\n").split("\n")
    const shown = blocks.filter((block) => /^(guessed|read 3,000|session_id)/.test(block))
    assert.strictEqual(shown.length, 3)
    for (const line of shown.flatMap((block) => block.split("\n")).filter((one) => one.trim() !== "")) {
      const part = line.replace(/,…$/, "").trim()
      assert.isTrue(
        printed.some((one) => one.includes(part)),
        line
      )
    }
  })
})
