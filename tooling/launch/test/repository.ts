import { spawn } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Prints how it was called; ends with the number given as `--exit N`. */
const cli = `
let input = ""
process.stdin.on("data", (text) => (input += text)).on("end", () => {
  const args = process.argv.slice(2)
  process.stdout.write(JSON.stringify({ args, cwd: process.cwd(), input }))
  process.exitCode = args[0] === "--exit" ? Number(args[1]) : 0
})
`

/** A pnpm that notes its calls and "builds" slowly; it fails at \`install\` where a file \`broken\` lies in the root. */
const pnpm = `#!/bin/sh
[ "$1" = --version ] && echo 12.99.0 && exit
echo "$*" >> pnpm.log
[ "$1" = install ] && [ -e broken ] && echo "no such package" >&2 && exit 3
[ "$1" = exec ] && sleep 0.3 && cp cli.js apps/cli/dist/sojourn.js
exit 0
`

/** A small copy of this repository in a temporary directory: the real launcher, a stand-in for the CLI and for pnpm. */
export class Repository {
  private readonly parent = realpathSync(mkdtempSync(join(tmpdir(), "sojourn-launch-")))
  /** One level down, so that what lies beside it is ours too. */
  readonly root = join(this.parent, "clone")
  readonly marker = join(this.root, "node_modules/.sojourn/node")
  readonly source = join(this.root, "packages/core/src/index.js")

  constructor() {
    cpSync(dirname(dirname(fileURLToPath(import.meta.url))), join(this.root, "tooling/launch"), {
      recursive: true,
      filter: (path) => !path.includes("node_modules")
    })
    const scripts = { sojourn: "node tooling/launch/launch.mjs sojourn" }
    this.write("package.json", JSON.stringify({ name: "copy", packageManager: "pnpm@12.21.0", scripts }))
    for (const name of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "tooling/config/tsconfig.base.json"])
      this.write(name, "")
    this.write("packages/core/src/index.js", "")
    this.write("cli.js", cli)
    this.write("apps/cli/dist/sojourn.js", "throw new Error('an old build')")
    this.write("bin/pnpm", pnpm)
    chmodSync(join(this.root, "bin/pnpm"), 0o755)
  }

  /** Writes a file of the copy. */
  write(name: string, text: string): void {
    const path = join(this.root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  /** Makes everything look built, `seconds` after now. */
  build(seconds: number): void {
    this.write("apps/cli/dist/sojourn.js", cli)
    this.write("node_modules/.sojourn/node", process.execPath)
    const time = new Date(Date.now() + seconds * 1000)
    utimesSync(this.marker, time, time)
  }

  /** Runs a program with the stand-in for pnpm in front on PATH. */
  run(command: string, args: ReadonlyArray<string>, options: { cwd?: string; input?: string } = {}): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    const child = spawn(command, args, {
      cwd: options.cwd ?? this.root,
      env: { ...process.env, PATH: `${join(this.root, "bin")}${delimiter}${process.env["PATH"]}` }
    })
    let stdout = ""
    let stderr = ""
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
    child.on("error", reject).on("close", (code) => resolve({ code, stdout, stderr }))
    child.stdin.end(options.input ?? "")
    return promise
  }

  launch(...args: ReadonlyArray<string>): Promise<Outcome> {
    return this.run(process.execPath, [join(this.root, "tooling/launch/launch.mjs"), ...args])
  }

  remove(): void {
    rmSync(this.parent, { recursive: true })
  }
}
