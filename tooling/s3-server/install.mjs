#!/usr/bin/env node
import { spawnSync } from "node:child_process"
import { existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"

// Copies s3proxy and what it needs to `jars`, with Maven, once. Plain JavaScript: CI begins with any Node.

const jars = join(import.meta.dirname, "jars")

if (!existsSync(jars)) {
  const unfinished = `${jars}.new`
  rmSync(unfinished, { recursive: true, force: true })
  const options = ["--quiet", "--batch-mode", "--file", join(import.meta.dirname, "pom.xml")]
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${unfinished}`]
  const { error, status } = spawnSync("mvn", [...options, ...goal], { stdio: "inherit" })
  if (error || status !== 0) {
    console.error(error ? `mvn could not be run: ${error.message}` : "mvn could not fetch s3proxy")
    process.exitCode = 1
  } else renameSync(unfinished, jars)
}
