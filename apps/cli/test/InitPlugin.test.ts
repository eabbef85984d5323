import { assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildIfStale, command, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))

beforeAll(buildIfStale, 120_000)

const run = (program: string, args: ReadonlyArray<string>, cwd: string) => {
  // Without what the package manager says of this workspace.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name))
  const env = {
    ...Object.fromEntries(own),
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`
  }
  const { error, status, stderr, stdout } = spawnSync(program, args, { cwd, env, encoding: "utf8" })
  assert.strictEqual(status, 0, `${program} ${args.join(" ")}: ${error?.message ?? ""}${stderr}${stdout}`)
  return stdout
}

/** `pnpm` packs what `npm` cannot; where it is not there, the version of the repository is fetched. */
const pnpm = (args: ReadonlyArray<string>, cwd: string) => {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { packageManager: string }
  return run("npx", ["--yes", "--package", packageManager.split("+")[0], "pnpm", ...args], cwd)
}

describe("sojourn init plugin", () => {
  it(
    "makes a package outside the workspace that installs from packed packages, passes its tests, builds and runs",
    { timeout: 300_000 },
    async () => {
      const at = directory()
      const { code, stderr, stdout } = await start(["init", "plugin", "@acme/key-value", "--kind", "decoder"], {
        cwd: at
      }).ended
      assert.strictEqual(code, 0, stderr)
      assert.include(stdout, "created key-value/src/KeyValueDecoder.ts\n")
      assert.include(stdout, "next: cd key-value && npm install && npm test\n")
      const made = join(at, "key-value")
      for (const name of readdirSync(made, { recursive: true, encoding: "utf8" })) {
        assert.notMatch(name, /example/i)
        if (/\.\w+$/.test(name)) assert.notMatch(readFileSync(join(made, name), "utf8"), /example|"\$[@\w]/i, name)
      }

      // What is not published yet comes from tarballs, for what they depend on too.
      const packages = ["kernels", "core", "testkit"]
      for (const name of packages) {
        const folder = join(root, "packages", name)
        run(process.execPath, [join(folder, "node_modules/typescript/bin/tsc"), "-b", "tsconfig.json"], folder)
        pnpm(["pack", "--pack-destination", at], folder)
      }
      const tarballs = Object.fromEntries(
        packages.map((name) => {
          const file = readdirSync(at).find((file) => file.startsWith(`sojourn-${name}-`)) ?? "none"
          return [`@sojourn/${name}`, `file:${join(at, file)}`]
        })
      )
      const path = join(made, "package.json")
      const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>
      assert.match(manifest.dependencies["@sojourn/core"], /^\^\d/)
      manifest.dependencies["@sojourn/core"] = tarballs["@sojourn/core"]
      manifest.devDependencies["@sojourn/testkit"] = tarballs["@sojourn/testkit"]
      manifest.overrides = tarballs
      writeFileSync(path, JSON.stringify(manifest))

      run("npm", ["install", "--no-audit", "--no-fund"], made)
      assert.match(run("npm", ["test"], made), /Tests +\d+ passed/)
      run("npm", ["run", "build"], made)
      assert.isTrue(existsSync(join(made, "dist/index.d.ts")))

      const expected = "ann,2024-01-01T10:00:00Z,2024-01-01T10:10:00Z,2\n"
      const bySource = run(process.execPath, [command, "run", "demo/spec.yaml"], made)
      assert.include(bySource, expected)
      const spec = readFileSync(join(made, "demo/spec.yaml"), "utf8")
      // As a package, with its own copies of everything, and by threads.
      const app = directory({
        "spec.yaml": spec.replace("../src/index.ts", '"@acme/key-value"').replace("demo/", `${made}/demo/`)
      })
      run("npm", ["install", "--no-audit", "--no-fund", "--install-links=false", made], app)
      for (const threads of ["1", "2"]) {
        assert.include(run(process.execPath, [command, "run", "spec.yaml", "--threads", threads], app), expected)
      }
    }
  )

  it("refuses a name that is none, and a directory that is there", async () => {
    const at = directory({ "logfmt/a": "" })
    const bad = await start(["init", "plugin", "Log Fmt"], { cwd: at }).ended
    assert.strictEqual(bad.code, 2)
    assert.include(bad.stderr, '"Log Fmt" is no name of a package')
    const there = await start(["init", "plugin", "logfmt"], { cwd: at }).ended
    assert.strictEqual(there.code, 2)
    assert.include(there.stderr, "logfmt is there already")
    assert.deepStrictEqual(readdirSync(join(at, "logfmt")), ["a"])
  })
})
