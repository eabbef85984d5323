import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

// Plain JavaScript for Node 20: this runs before anything is installed.

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")
export const cli = join(root, "apps/cli/dist/sojourn.js")

const state = join(root, "node_modules/.sojourn")
/** Holds the path of the Node that runs everything; its own time says when the last good set-up began. */
const nodeFile = join(state, "node")
const lock = join(state, "lock")

/** A step that failed: its message is all that the user needs to see. */
export class StepFailed extends Error {}

const say = (message) => process.stderr.write(`sojourn: ${message}\n`)

/** Runs one step without a word; its output is shown only if it fails. */
export function step(name, command, args, env) {
  const { error, status, signal, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env,
    encoding: "utf8",
    maxBuffer: Infinity,
    stdio: ["ignore", "pipe", "pipe"]
  })
  if (status === 0) return stdout
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`)
  const reason = error?.message ?? signal ?? `exit code ${status}`
  throw new StepFailed(`${name} failed: ${command} ${args.join(" ")} (${reason})`)
}

/** The environment in which `pnpm` is the version of this repository: the one on PATH if its major is right, else by npx. */
export function pnpmEnvironment() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const major = /@(\d+)\./.exec(packageManager)[1]
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: "1" }
  // Asked outside the repository, where pnpm does not swap itself for the pinned version.
  const own = spawnSync("pnpm", ["--version"], { cwd: tmpdir(), encoding: "utf8" })
  if (own.status === 0 && own.stdout.startsWith(`${major}.`)) return env
  const npx = ["--yes", "--loglevel=error", "--package", packageManager, "--call", "node -p process.env.PATH"]
  return { ...env, PATH: step("getting pnpm", "npx", npx, env).trim() }
}

/** The Node that the lockfile pins; where it has none for this platform, the running one if it is new enough. */
function findNode() {
  const pinned = join(root, "node_modules/.bin/node")
  if (existsSync(pinned)) return realpathSync(pinned)
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath
  throw new StepFailed(
    `Node 22.19 or newer is needed on ${process.platform} ${process.arch}, this is ${process.version}`
  )
}

/** The time of the newest source: what a build reads and what says which packages it needs. */
function newestSource() {
  let newest = 0
  const look = (path) => {
    newest = Math.max(newest, statSync(path).mtimeMs)
  }
  const walk = (directory) => {
    look(directory) // A deleted file shows in the time of its directory.
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) walk(path)
      else look(path)
    }
  }
  for (const name of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "tooling/config/tsconfig.base.json"]) {
    look(join(root, name))
  }
  for (const group of ["packages", "apps"]) {
    for (const name of readdirSync(join(root, group))) {
      const directory = join(root, group, name)
      for (const file of readdirSync(directory)) {
        if (file === "src") walk(join(directory, file))
        else if (/\.(json|mjs)$/.test(file)) look(join(directory, file))
      }
    }
  }
  return newest
}

/** The Node to use if everything is built and newer than the sources, else undefined. */
function readyNode() {
  if (!existsSync(nodeFile) || !existsSync(cli)) return undefined
  const node = readFileSync(nodeFile, "utf8")
  return existsSync(node) && newestSource() <= statSync(nodeFile).mtimeMs ? node : undefined
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code !== "ESRCH"
  }
}

/** Makes a link that names this process: atomic, and its content is there from the start. False if it exists. */
function claim(path) {
  try {
    symlinkSync(String(process.pid), path)
    return true
  } catch (error) {
    if (error.code === "EEXIST") return false
    throw error
  }
}

function holder() {
  try {
    return readlinkSync(lock)
  } catch {
    return undefined
  }
}

/** Runs a task while no other process sets up; the lock of a process that died is taken over. */
function locked(task) {
  mkdirSync(state, { recursive: true })
  for (let waited = 0; !claim(lock); waited += 1) {
    const pid = holder()
    if (pid !== undefined && !isRunning(Number(pid))) {
      // Only who claims the removal may remove, and only the lock that was seen: another may hold it by now.
      const removal = `${lock}.${pid}`
      if (claim(removal)) {
        if (holder() === pid) rmSync(lock)
        rmSync(removal)
        continue
      }
    }
    if (waited === 0) say(`waiting for the set-up of process ${pid}`)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
  try {
    return task()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Installs and builds what is missing or old. Gives the path of the Node to run things with. */
export function setUp() {
  return (
    readyNode() ??
    locked(() => {
      const done = readyNode()
      if (done !== undefined) return done
      const started = new Date()
      const env = pnpmEnvironment()
      say("installing packages")
      step("installing packages", "pnpm", ["install", "--frozen-lockfile"], env)
      const node = findNode()
      say("building")
      step(
        "building",
        "pnpm",
        ["exec", "turbo", "run", "build", "--filter=@sojourn/cli", "--output-logs=errors-only"],
        env
      )
      mkdirSync(state, { recursive: true })
      writeFileSync(nodeFile, node)
      utimesSync(nodeFile, started, started)
      return node
    })
  )
}
