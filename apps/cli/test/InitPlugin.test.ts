import { assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
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

/** What is not published yet comes from tarballs, for what they depend on too. */
const pack = (at: string): Readonly<Record<string, string>> => {
  const packages = ["kernels", "core", "testkit"]
  for (const name of packages) {
    const folder = join(root, "packages", name)
    run(process.execPath, [join(folder, "node_modules/typescript/bin/tsc"), "-b", "tsconfig.json"], folder)
    pnpm(["pack", "--pack-destination", at], folder)
  }
  return Object.fromEntries(
    packages.map((name) => {
      const file = readdirSync(at).find((file) => file.startsWith(`sojourn-${name}-`)) ?? "none"
      return [`@sojourn/${name}`, `file:${join(at, file)}`]
    })
  )
}

/** For each kind what its demo writes to standard output, or into a file. */
const kinds = [
  { kind: "decoder", file: undefined, expected: "ann,2024-01-01T10:00:00Z,2024-01-01T10:10:00Z,2\n" },
  { kind: "source", file: undefined, expected: "ann,2024-01-01T10:00:00Z,2024-01-01T10:10:00Z,2\n" },
  {
    kind: "sink",
    file: "tables.key-value",
    expected:
      '{"user":"ann","session_start":"2024-01-01T10:00:00.000000Z","session_end":"2024-01-01T10:10:00.000000Z","event_count":"2"}'
  }
]

describe("sojourn init plugin", () => {
  it(
    "makes packages outside the workspace that install from packed packages, pass their tests, build and run",
    { timeout: 600_000 },
    async () => {
      const at = directory()
      const tarballs = pack(at)
      for (const { expected, file, kind } of kinds) {
        const home = directory()
        const { code, stderr, stdout } = await start(["init", "plugin", "@acme/key-value", "--kind", kind], {
          cwd: home
        }).ended
        assert.strictEqual(code, 0, stderr)
        const capital = `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`
        assert.include(stdout, `created key-value/src/KeyValue${capital}.ts\n`)
        assert.include(stdout, "next: cd key-value && npm install && npm test\n")
        const made = join(home, "key-value")
        for (const name of readdirSync(made, { recursive: true, encoding: "utf8" })) {
          assert.notMatch(name, /example/i)
          if (/\.\w+$/.test(name)) assert.notMatch(readFileSync(join(made, name), "utf8"), /example|"\$[@\w]/i, name)
        }

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

        const written = (stdout: string) =>
          file === undefined ? stdout : readFileSync(join(made, "demo", file), "utf8")
        assert.include(written(run(process.execPath, [command, "run", "demo/spec.yaml"], made)), expected, kind)
        // As a package, with its own copies of everything, and by threads.
        const spec = readFileSync(join(made, "demo/spec.yaml"), "utf8")
        const app = directory({
          "spec.yaml": spec.replace("../src/index.ts", '"@acme/key-value"').replaceAll("demo/", `${made}/demo/`)
        })
        run("npm", ["install", "--no-audit", "--no-fund", "--install-links=false", made], app)
        assert.include(run(process.execPath, [command, "plugins"], app), "@acme/key-value 0.1.0\n")
        for (const threads of ["1", "2"]) {
          if (file !== undefined) rmSync(join(made, "demo", file))
          assert.include(
            written(run(process.execPath, [command, "run", "spec.yaml", "--threads", threads], app)),
            expected,
            kind
          )
        }
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
