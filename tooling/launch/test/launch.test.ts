import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Repository } from "./repository.ts"

const awkward = ["two words", "it's", '"quoted"', "$HOME", "*", "a\\b", "", "`id`", "--flag=x y", "line\nbreak", "é"]

let repository: Repository
const pnpmCalls = () => {
  const log = join(repository.root, "pnpm.log")
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []
}
const setUpCalls = ["install --frozen-lockfile", "exec turbo run build --filter=@sojourn/cli --output-logs=errors-only"]

beforeEach(() => {
  repository = new Repository()
})
afterEach(() => {
  repository.remove()
})

describe("a built repository", () => {
  beforeEach(() => {
    repository.build(10)
  })

  it("hands arguments, input, output and exit code through, and calls no package manager", async () => {
    const cwd = realpathSync(tmpdir())
    const launcher = join(repository.root, "tooling/launch/launch.mjs")
    const outcome = await repository.run(process.execPath, [launcher, "sojourn", "--exit", "7", ...awkward], {
      cwd,
      input: "events"
    })
    assert.deepStrictEqual(JSON.parse(outcome.stdout), { args: ["--exit", "7", ...awkward], cwd, input: "events" })
    assert.strictEqual(outcome.stderr, "")
    assert.strictEqual(outcome.code, 7)
    assert.deepStrictEqual(pnpmCalls(), [])
  })

  it("hands the same through `npm run -s sojourn --`, paths relative to the caller", async () => {
    const cwd = realpathSync(tmpdir())
    const npm = ["--prefix", repository.root, "run", "-s", "sojourn", "--", ...awkward]
    const outcome = await repository.run("npm", npm, { cwd, input: "events" })
    assert.deepStrictEqual(JSON.parse(outcome.stdout), { args: awkward, cwd, input: "events" })
    assert.strictEqual(outcome.code, 0)
  })

  it("passes a signal on and ends as the command does", async () => {
    repository.write(
      "apps/cli/dist/sojourn.js",
      `process.on("SIGINT", () => process.exit(9)); setInterval(() => {}, 1000); console.log("ready")`
    )
    const child = spawn(process.execPath, [join(repository.root, "tooling/launch/launch.mjs"), "sojourn"])
    await once(child.stdout, "data")
    child.kill("SIGINT")
    const [code] = await once(child, "exit")
    assert.strictEqual(code, 9)
  })

  it("answers an unknown command with its usage", async () => {
    const outcome = await repository.launch("stop")
    assert.strictEqual(outcome.stderr, "sojourn: usage: launch.mjs start | test | sojourn [ARGS]\n")
    assert.strictEqual(outcome.code, 1)
  })
})

describe("set-up", () => {
  it("happens when a source is newer than the build, and not again", async () => {
    repository.build(-10)
    const first = await repository.launch("sojourn", "a")
    assert.deepStrictEqual(JSON.parse(first.stdout).args, ["a"])
    assert.strictEqual(first.stderr, "sojourn: installing packages\nsojourn: building\n")
    assert.deepStrictEqual(pnpmCalls(), setUpCalls)
    const second = await repository.launch("sojourn", "b")
    assert.strictEqual(second.stderr, "")
    assert.deepStrictEqual(pnpmCalls(), setUpCalls)
  })

  it("happens when the remembered Node is gone, and when a source is deleted", async () => {
    repository.build(10)
    repository.write("node_modules/.sojourn/node", "/nowhere/node")
    assert.strictEqual((await repository.launch("sojourn")).code, 0)
    assert.deepStrictEqual(pnpmCalls(), setUpCalls)
    rmSync(repository.source)
    assert.strictEqual((await repository.launch("sojourn")).code, 0)
    assert.deepStrictEqual(pnpmCalls(), [...setUpCalls, ...setUpCalls])
  })

  it("happens once for several that start at the same time", async () => {
    const outcomes = await Promise.all(["a", "b", "c", "d"].map((name) => repository.launch("sojourn", name)))
    assert.deepStrictEqual(
      outcomes.map(({ stdout }) => JSON.parse(stdout).args),
      [["a"], ["b"], ["c"], ["d"]]
    )
    assert.deepStrictEqual(pnpmCalls(), setUpCalls)
  })

  it("takes over the lock of a process that died, also when several want it", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"])
    mkdirSync(join(repository.root, "node_modules/.sojourn"), { recursive: true })
    symlinkSync(String(pid), join(repository.root, "node_modules/.sojourn/lock"))
    const outcomes = await Promise.all(["a", "b", "c"].map((name) => repository.launch("sojourn", name)))
    assert.deepStrictEqual(
      outcomes.map(({ code }) => code),
      [0, 0, 0]
    )
    assert.deepStrictEqual(pnpmCalls(), setUpCalls)
  })

  it("says in one line which step failed, after the output of that step, and leaves no lock", async () => {
    repository.write("broken", "")
    const outcome = await repository.launch("sojourn")
    assert.strictEqual(
      outcome.stderr,
      "sojourn: installing packages\nno such package\n" +
        "sojourn: installing packages failed: pnpm install --frozen-lockfile (exit code 3)\n"
    )
    assert.strictEqual(outcome.stdout, "")
    assert.strictEqual(outcome.code, 1)
    rmSync(join(repository.root, "broken"))
    assert.strictEqual((await repository.launch("sojourn")).code, 0)
  })
})
