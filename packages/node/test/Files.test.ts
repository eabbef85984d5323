import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, symlinkSync } from "node:fs"
import { join, relative } from "node:path"
import { inputFiles } from "../src/Files.ts"
import { directory } from "./support/directory.ts"

const paths = async (at: string, uri: string) =>
  (await Effect.runPromise(inputFiles(join(at, uri)))).map(({ path }) => relative(at, path))
const message = async (at: string, uri: string) =>
  (await Effect.runPromise(Effect.flip(inputFiles(join(at, uri))))).message

describe("inputFiles", () => {
  it("finds the readable files of a directory, recursively, in the order of their paths, hidden ones left out", async () => {
    const names = [
      "b.csv",
      "a/z.jsonl.gz",
      "a/Z.CSV",
      "a.csv",
      "a-b.tsv",
      "é.json",
      "z.txt",
      "x.zip",
      "notes.md",
      ".hidden.csv",
      ".git/x.json",
      "c.csv.zst",
      "c.json.zip"
    ]
    const at = directory(Object.fromEntries(names.map((name) => [`in/${name}`, ""])))
    const found = ["a-b.tsv", "a.csv", "a/Z.CSV", "a/z.jsonl.gz", "b.csv", "c.csv.zst", "c.json.zip", "z.txt", "é.json"]
    assert.deepStrictEqual(
      await paths(at, "in"),
      found.map((name) => `in/${name}`)
    )
    assert.deepStrictEqual(
      await paths(at, "in/"),
      found.map((name) => `in/${name}`)
    )
  })

  it("finds the files of a glob, and those below directories that it names, each once", async () => {
    const at = directory({ "date=2/b.csv": "", "date=1/sub/a.json": "", "date=1/x.md": "", "other.csv": "" })
    assert.deepStrictEqual(await paths(at, "date=*"), ["date=1/sub/a.json", "date=2/b.csv"])
    assert.deepStrictEqual(await paths(at, "*.csv"), ["other.csv"])
    assert.deepStrictEqual(await paths(at, "**/*.{csv,json}"), ["date=1/sub/a.json", "date=2/b.csv", "other.csv"])
    assert.deepStrictEqual(await paths(at, "date=1/{sub,sub/a.json}"), ["date=1/sub/a.json"])
  })

  it("takes a name with glob characters as it is when there is such a file", async () => {
    const at = directory({ "a[1].csv": "", "a1.csv": "" })
    assert.deepStrictEqual(await paths(at, "a[1].csv"), ["a[1].csv"])
  })

  it("follows links, in a circle only once, and reports broken ones", async () => {
    const at = directory({ "in/a.csv": "", "out/b.csv": "" })
    symlinkSync(at, join(at, "in/up"))
    symlinkSync(join(at, "out"), join(at, "in/out"))
    assert.deepStrictEqual(await paths(at, "in"), ["in/a.csv", "in/out/b.csv", "in/up/out/b.csv"])
    symlinkSync("nowhere", join(at, "in/broken.csv"))
    assert.strictEqual(await message(at, "in"), `cannot read ${join(at, "in/broken.csv")}: no such file or directory`)
  })

  it("has no files of an empty directory, and says what is wrong with others", async () => {
    const at = directory({ "other/a.xlsx": "", "other/b.md": "", file: "" })
    mkdirSync(join(at, "empty"))
    assert.deepStrictEqual(await paths(at, "empty"), [])
    assert.include(await message(at, "other"), "has no file to read: none of its 2 files, such as ")
    assert.strictEqual(await message(at, "none.csv"), `no such file: ${join(at, "none.csv")}`)
    assert.strictEqual(await message(at, "file/none.csv"), `no such file: ${join(at, "file/none.csv")}`)
    assert.strictEqual(await message(at, "*.csv"), `no file matches ${join(at, "*.csv")}`)
  })

  it("knows sizes, but not of what can be read only once", async () => {
    const at = directory({ "a.csv": "12345" })
    const size = async (uri: string) => (await Effect.runPromise(inputFiles(uri)))[0].bytes
    assert.deepStrictEqual(
      [await size(join(at, "a.csv")), await size("-"), await size("/dev/null")],
      [5, undefined, undefined]
    )
  })
})
