import { assert, beforeAll, describe, it } from "@effect/vitest"
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"
import { emptyOutputs } from "./support/emptyOutputs.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const text = (path: string): string => readFileSync(join(root, path), "utf8")

beforeAll(buildIfStale, 120_000)

/** A new directory with the examples. */
const withExamples = (): string => {
  const at = directory()
  cpSync(join(root, "examples"), join(at, "examples"), { recursive: true })
  return at
}

describe("examples", () => {
  // That one reads files from elsewhere: OnlineShop.test.ts.
  const own = globSync("examples/*/*.yaml", { cwd: root, exclude: ["examples/online-shop/**"] })
  it.each(own)("%s runs, and each of its outputs has rows", async (path) => {
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
