import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { globSync, statSync } from "node:fs"
import { fileURLToPath } from "node:url"

const app = fileURLToPath(new URL("../../", import.meta.url))

/** The built command. */
export const command = `${app}dist/sojourn.js`

const modified = (paths: ReadonlyArray<string>): number => Math.max(...paths.map((path) => statSync(path).mtimeMs))

/** Builds the command unless it is newer than all that it is made of. */
export const buildIfStale = (): void => {
  const sources = [
    "package.json",
    "*.mjs",
    "src/**/*.ts",
    "templates/**/*.*",
    "../../packages/*/src/**/*.ts",
    "../../packages/recipes/recipes/*"
  ]
  const built = globSync("dist/{main.cjs,sojourn.js}", { cwd: app })
  const isFresh =
    built.length === 2 &&
    Math.min(...built.map((path) => statSync(app + path).mtimeMs)) >=
      modified(sources.flatMap((pattern) => globSync(pattern, { cwd: app })).map((path) => app + path))
  if (isFresh) return
  const { status, stderr } = spawnSync(process.execPath, ["build.mjs"], { cwd: app, encoding: "utf8" })
  if (status !== 0) throw new Error(`the command does not build: ${stderr}`)
}

export interface Spawned {
  readonly child: ChildProcess
  /** Bytes of standard output as latin1, so that none is lost. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Starts the built command. With `input`, that is all of its standard input; without, it has none, or one that stays open. */
export const start = (
  words: ReadonlyArray<string>,
  options: {
    readonly cwd?: string
    readonly input?: string | Uint8Array
    readonly env?: NodeJS.ProcessEnv
    readonly openInput?: boolean
  } = {}
): Spawned => {
  const stdin = options.input === undefined && options.openInput !== true ? "ignore" : "pipe"
  const child = spawn(process.execPath, [command, ...words], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [stdin, "pipe", "pipe"]
  })
  child.stdin?.on("error", () => undefined)
  if (options.openInput !== true) child.stdin?.end(options.input)
  const output = { stdout: "", stderr: "" }
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, ...output }))
  })
  return { child, ended }
}
