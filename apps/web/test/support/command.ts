import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { onTestFinished } from "vitest"
import type { Dropped } from "./Visitor.ts"

const generator = resolve(import.meta.dirname, "../../../../tooling/bench/src/generate.ts")
const main = resolve(import.meta.dirname, "../../../cli/src/main.ts")

/** A directory with some files, removed after the test. */
export const directory = (...files: ReadonlyArray<Dropped>): string => {
  const path = mkdtempSync(join(tmpdir(), "sojourn-page-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  for (const { name, text } of files) writeFileSync(join(path, name), text)
  return path
}

/** Runs words that begin with `sojourn` in a shell, in a directory, and gives what it prints. */
export const inShell = (words: string, cwd: string): Promise<string> =>
  new Promise((done, fail) => {
    const command = words.replace(/^sojourn /, '"$NODE" "$SOJOURN" ')
    const env = { ...process.env, NODE: process.execPath, SOJOURN: main, NO_COLOR: "1" }
    execFile("sh", ["-c", command], { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) done(stdout)
      else fail(new Error(`${words}: ${stderr}`))
    })
  })

/** Writes so many generated events as CSV. */
export const generate = async (rows: number, path: string): Promise<void> => {
  const words = [generator, "--rows", String(rows), "--format", "csv", "--out", path]
  await promisify(execFile)(process.execPath, words)
}

export const textOf = (path: string, name: string): string => readFileSync(join(path, name), "utf8")
