#!/usr/bin/env node
// The first step of the command: everything else is in main.cjs, which an older Node could not even parse.
import module from "node:module"
import { dirname } from "node:path"

const [major, minor] = process.versions.node.split(".").map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`sojourn: Node 22.19 or newer is needed, this is ${process.version}\n`)
  process.exit(2)
}
// Keeps the compiled code between runs: see load.js.
module.enableCompileCache?.()
// Threads learn of it from the environment only.
const compiled = module.getCompileCacheDir?.()
if (compiled) process.env.NODE_COMPILE_CACHE ??= dirname(compiled)
const { start } = await import("./load.js")
start("main")
