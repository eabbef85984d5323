#!/usr/bin/env node
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { cli, root, setUp, StepFailed } from "./setup.mjs"

/** What `npm start` runs: the main job on the sample, from the root of the repository. */
const sample = [["run", "examples/quickstart/sessions.yaml"]]

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP"]

/** Runs a program in the foreground: its input, output, signals and end are this process's own. */
function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: "inherit" })
    const forward = (signal) => child.kill(signal)
    for (const signal of forwarded) process.on(signal, forward)
    child.on("error", (error) => reject(new StepFailed(`cannot run ${command}: ${error.message}`)))
    child.on("exit", (code, signal) => {
      for (const each of forwarded) process.off(each, forward)
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

function runCli(node, args, cwd) {
  if (!existsSync(cli)) throw new StepFailed(`building failed: it left no ${cli}`)
  return run(node, [cli, ...args], cwd)
}

/** Where the user called: npm changes to the root of the repository and keeps the place in INIT_CWD. */
function callerDirectory() {
  return (process.env.npm_lifecycle_event === "sojourn" && process.env.INIT_CWD) || process.cwd()
}

const commands = {
  sojourn: (args) => runCli(setUp(), args, callerDirectory()),

  start: async () => {
    const node = setUp()
    for (const args of sample) {
      process.stderr.write(`$ sojourn ${args.join(" ")}\n`)
      const code = await runCli(node, args, root)
      if (code !== 0) return code
    }
    return 0
  },

  test: (args) => {
    const reporters = ["--reporter=default", "--reporter=json", "--outputFile.json=.reports/vitest.json"]
    return run(setUp(), [join(root, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...args], root)
  }
}

const [name, ...args] = process.argv.slice(2)
try {
  if (!Object.hasOwn(commands, name ?? "")) throw new StepFailed("usage: launch.mjs start | test | sojourn [ARGS]")
  process.exitCode = await commands[name](args)
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  process.stderr.write(`sojourn: ${error.message}\n`)
  process.exitCode = 1
}
