#!/usr/bin/env node
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { pnpmEnvironment, step } from "./setup.mjs"

// Packs every package as it would be published and checks the tarball: entry points, types, formats, files.

const tarballs = mkdtempSync(join(tmpdir(), "sojourn-pack-"))
try {
  const env = pnpmEnvironment()
  step("building", "pnpm", ["exec", "turbo", "run", "build", "--output-logs=errors-only"], env)
  const published = ["--filter", "./packages/*", "--filter", "./apps/*"]
  step("packing", "pnpm", ["--recursive", ...published, "pack", "--pack-destination", tarballs], env)
  for (const name of readdirSync(tarballs)) {
    const tarball = readFileSync(join(tarballs, name))
    // A copy, so that the ArrayBuffer holds nothing but the tarball.
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true })
    for (const message of messages)
      console.log(`${pkg.name}: ${message.type}: ${formatMessage(message, pkg, { color: false })}`)
    if (messages.length > 0) process.exitCode = 1
    else console.log(`${pkg.name}: good`)
  }
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(tarballs, { recursive: true })
}
