import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

/** A package that tells of its plugin, and ends the process if it is run. */
const installed = (name: string, sojourn: unknown) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: "1.2.3", main: "index.js", sojourn }),
  [`node_modules/${name}/index.js`]: "process.exit(99)"
})

const logfmt = {
  kind: "decoder",
  name: "logfmt",
  summary: "Lines of name=value",
  extensions: ["logfmt"],
  options: {
    type: "object",
    properties: { strict: { type: "boolean", description: "Whether a bare word is an error." } },
    required: ["strict"]
  }
}

const project = () =>
  directory({
    ...installed("@acme/logfmt", { plugins: [logfmt] }),
    ...installed("odd", { plugins: "logfmt" }),
    ...installed("other", undefined),
    "package.json": JSON.stringify({
      dependencies: { other: "1" },
      devDependencies: { "@acme/logfmt": "1", odd: "1" }
    }),
    "deeper/spec.yaml": "version: 1\nname: x\nplugins: ['@acme/logfmt', ./own.ts, nowhere]\nsource: {{ no yaml",
    "deeper/right.yaml": "version: 1\nname: x\nplugins: ['@acme/logfmt', ./own.ts, nowhere]\n"
  })

describe("sojourn plugins", () => {
  it("lists what is built in, and what the package.json near a spec and the spec name, and runs none of it", async () => {
    const { code, stderr, stdout } = await sojourn("plugins", "--spec", join(project(), "deeper/right.yaml"))
    assert.strictEqual(code, 0, stderr)
    const [builtIn, ...others] = stdout.trimEnd().split("\n\n")
    assert.match(builtIn, /^built in\nname .*\njson .*/)
    for (const name of ["csv", "access-log", "parquet", "duckdb", "s3"])
      assert.match(builtIn, new RegExp(`^${name} `, "m"))
    assert.deepStrictEqual(others, [
      "@acme/logfmt 1.2.3\nname    kind     summary              told by\nlogfmt  decoder  Lines of name=value  .logfmt",
      "./own.ts\na module: it is not run to see",
      "nowhere\nnot installed: npm install nowhere",
      "odd 1.2.3\nits package.json does not tell its plugins: sojourn.plugins"
    ])
  })

  it("shows one with its options", async () => {
    const shown = await sojourn("plugins", "show", "logfmt", "--spec", join(project(), "deeper/right.yaml"))
    assert.strictEqual(
      shown.stdout,
      "logfmt, decoder  @acme/logfmt 1.2.3\nLines of name=value (.logfmt)\n\nstrict  true or false, required\n  Whether a bare word is an error.\n"
    )
    const unknown = await sojourn("plugins", "show", "lgfmt")
    assert.strictEqual(unknown.code, 2)
    assert.match(unknown.stderr, /no plugin "lgfmt"; there is json, csv, /)
  })

  it("says what is wrong with a spec", async () => {
    const { code, stderr } = await sojourn("plugins", "--spec", join(project(), "deeper/spec.yaml"))
    assert.strictEqual(code, 2)
    assert.match(stderr, /spec\.yaml:4:/)
  })

  it("makes the page of the documentation", async () => {
    const { stdout } = await sojourn("plugins", "show", "--markdown")
    const page = readFileSync(new URL("../../../docs/plugins.md", import.meta.url), "utf8")
    assert.strictEqual(page.slice(page.indexOf("## ")), stdout)
  })
})
