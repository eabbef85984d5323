import { assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildIfStale } from "./support/command.ts"
import { directory } from "./support/directory.ts"
import { fiveRecords, jsonLines } from "./support/records.ts"

beforeAll(buildIfStale, 60_000)

describe("the package", () => {
  it("installs in an empty folder, without a network, in under 10 s, and runs there", () => {
    const at = directory({ "app/events.jsonl": jsonLines(fiveRecords), "app/package.json": "{}" })
    const run = (program: string, args: ReadonlyArray<string>, cwd: string) => {
      const env = {
        ...process.env,
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        npm_config_cache: join(at, "cache")
      }
      const { error, status, stderr, stdout } = spawnSync(program, args, { cwd, env, encoding: "utf8" })
      assert.strictEqual(status, 0, `${program} ${args.join(" ")}: ${error?.message ?? stderr}`)
      return stdout
    }
    run("npm", ["pack", "--ignore-scripts", "--pack-destination", at], fileURLToPath(new URL("..", import.meta.url)))
    const tarball = readdirSync(at).find((name) => name.endsWith(".tgz")) ?? "no tarball"
    const app = join(at, "app")
    const started = performance.now()
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(at, tarball)], app)
    assert.isBelow(performance.now() - started, 10_000)
    assert.deepStrictEqual(
      readdirSync(join(app, "node_modules")).filter((name) => !name.startsWith(".")),
      ["@sojourn"]
    )

    assert.match(run("npx", ["--offline", "sojourn", "--version"], app), /^sojourn v\d/)
    run("node_modules/.bin/sojourn", ["run", "event-sessions", "--input", "events.jsonl"], app)
    assert.match(readFileSync(join(app, "sessions.csv"), "utf8"), /^user_id,session_start,session_end,event_count\n1,/)
    run("node_modules/.bin/sojourn", ["run", "event-sessions", "--input", "events.jsonl", "--out", "out.parquet"], app)
    assert.strictEqual(readFileSync(join(app, "out.parquet"), "latin1").slice(0, 4), "PAR1")
  }, 60_000)
})
