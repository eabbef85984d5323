import { assert, describe, it } from "@effect/vitest"
import type { PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { builtInFormats } from "../../src/Formats.ts"
import { recover, writeJournal } from "../../src/output/Journal.ts"
import { localStore } from "../../src/output/LocalStore.ts"
import { stagedName } from "../../src/output/StagedName.ts"
import { directory } from "../support/directory.ts"

/** The id of a process that has ended. */
const dead = () => spawnSync(process.execPath, ["-e", ""]).pid

/** As if another process, which has ended, had made a file. */
const disown = (path: string): string => {
  const other = join(dirname(path), basename(path).replace(/-\d+-/, `-${dead()}-`))
  renameSync(path, other)
  return other
}

/** Two prepared files of a run that has ended, over former ones. */
const prepared = () => {
  const at = directory({ "a/one.csv": "former", "b/two.csv": "former" })
  const files = ["a/one.csv", "b/two.csv"].map((path): PreparedFile => {
    const token = join(at, dirname(path), stagedName())
    writeFileSync(token, "new")
    return { uri: join(at, path), token: disown(token) }
  })
  return { at, files }
}

const journalOf = (files: ReadonlyArray<PreparedFile>) =>
  Effect.runPromise(writeJournal(new Set(files.map(({ token }) => dirname(token))), files, []))

/** The same of a journal, of which some copies may be gone. */
const disownJournal = ([first, ...rest]: ReadonlyArray<string>): void => {
  const name = basename(first)
  const other = name.replace(/-\d+-/, `-${dead()}-`)
  for (const path of [first, ...rest].filter((path) => existsSync(path))) {
    writeFileSync(join(dirname(path), other), readFileSync(path, "utf8").replaceAll(name, other))
    rmSync(path)
  }
}

const state = (at: string) => ({
  contents: ["a/one.csv", "b/two.csv"].map((path) => readFileSync(join(at, path), "utf8")),
  names: ["a", "b"].map((path) => readdirSync(join(at, path)))
})

const run = (...directories: ReadonlyArray<string>) => Effect.runPromise(recover(builtInFormats, directories))
const clean = [["one.csv"], ["two.csv"]]

describe("recover", () => {
  it("removes what was prepared where no journal is", async () => {
    const { at } = prepared()
    await run(join(at, "a"), join(at, "b"), join(at, "missing"))
    assert.deepStrictEqual(state(at), { contents: ["former", "former"], names: clean })
  })

  it("finishes a whole journal, seen from any of its directories, wherever the run ended", async () => {
    for (const seen of ["a", "b"]) {
      for (const done of [0, 1, 2]) {
        const { at, files } = prepared()
        const journal = await journalOf(files)
        for (const file of files.slice(0, done)) await Effect.runPromise(localStore.commit(file))
        assert.lengthOf(journal.copies, 2)
        await run(join(at, seen))
        assert.deepStrictEqual(state(at), { contents: ["new", "new"], names: clean }, `${seen} after ${done}`)
      }
    }
  })

  it("undoes a journal that is not in all of its places, or cut short at any byte", async () => {
    const { length } = readFileSync((await journalOf(prepared().files)).copies[0])
    for (const end of [undefined, 0, 1, Math.floor(length / 2), length - 1]) {
      for (const place of [0, 1]) {
        const { at, files } = prepared()
        const { copies } = await journalOf(files)
        if (end === undefined) rmSync(copies[place])
        else truncateSync(copies[place], end)
        disownJournal(copies)
        await run(join(at, "a"), join(at, "b"))
        assert.deepStrictEqual(state(at), { contents: ["former", "former"], names: clean }, `cut at ${String(end)}`)
      }
    }
  })

  it("leaves a run that lives alone: its staged files, and a journal that it is still writing", async () => {
    const { at, files } = prepared()
    const token = join(at, "a", stagedName())
    writeFileSync(token, "")
    const { copies } = await journalOf(files)
    truncateSync(copies[1], 3)
    const [path] = copies
    await run(join(at, "a"))
    assert.deepStrictEqual(state(at).contents, ["former", "former"])
    assert.includeMembers(readdirSync(join(at, "a")), [basename(token), basename(path)])
  })

  it("puts a file in place whose directory is still to be made", async () => {
    const at = directory()
    mkdirSync(join(at, "data"))
    const files = [1, 2].map((n): PreparedFile => {
      const token = join(at, "data", stagedName())
      writeFileSync(token, String(n))
      return { uri: join(at, `data/n=${n}/part-0.csv`), token }
    })
    await journalOf(files)
    await run(join(at, "data"))
    assert.deepStrictEqual(
      [1, 2].map((n) => readFileSync(join(at, `data/n=${n}/part-0.csv`), "utf8")),
      ["1", "2"]
    )
    assert.deepStrictEqual(readdirSync(join(at, "data")), ["n=1", "n=2"])
  })
})
