import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readlinkSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { sampleInputs } from "../src/Sample.ts"
import { directory } from "./support/directory.ts"

const sample = (at: string, ...names: ReadonlyArray<string>) =>
  Effect.runPromise(
    sampleInputs(
      names.map((name) => join(at, name)),
      null
    )
  )

describe("sampleInputs", () => {
  it("unites the columns of small files by name, empty ones and formats mixed", async () => {
    const at = directory({
      "a.csv": "",
      "b.csv": "user,time\nu1,1\nu2,2\n",
      "c.jsonl": '{"user":"u1","page":{"path":"/"}}\n',
      "d.csv.gz": gzipSync("user;x\nu3;7\n")
    })
    const { columns, records, rejected, whole } = await sample(at, "a.csv", "b.csv", "c.jsonl", "d.csv.gz")
    assert.deepStrictEqual([records, rejected, whole], [4, 0, true])
    assert.deepStrictEqual(
      columns.map(({ distinct, filled, kind, path }) => [path, kind, filled, distinct]),
      [
        ["user", "text", 4, 3],
        ["time", "number", 2, 2],
        ["page", "object", 1, 1],
        ["page.path", "text", 1, 1],
        ["x", "number", 1, 1]
      ]
    )
  })

  it("looks at the beginning of a large file, and drops the record that the cut goes through", async () => {
    const at = directory({ "a.csv": `user,time\n${"u1,2024-07-10T10:00:00Z\n".repeat(400_000)}` })
    const { columns, records, rejected, whole } = await sample(at, "a.csv")
    assert.isFalse(whole)
    assert.isAbove(records, 50_000)
    assert.isBelow(records, 400_000)
    assert.strictEqual(rejected, 0)
    assert.deepStrictEqual(
      columns.map(({ distinct, path }) => [path, distinct]),
      [
        ["user", 1],
        ["time", 1]
      ]
    )
  })

  it("finds a CSV without a header, whichever it is", async () => {
    const at = directory({
      "a.csv": "user,time\nu1,1\n",
      "b.csv": "u1,2024-07-10\nu2,2024-07-11\n",
      "c.jsonl": '{"1":2}\n'
    })
    assert.deepStrictEqual((await sample(at, "a.csv", "b.csv")).headerless, {
      path: join(at, "b.csv"),
      firstRow: ["u1", "2024-07-10"]
    })
    assert.isUndefined((await sample(at, "a.csv", "c.jsonl")).headerless)
    const given = await Effect.runPromise(
      sampleInputs([join(at, "b.csv")], { name: "csv", options: { header: "none" } })
    )
    assert.isUndefined(given.headerless)
  })

  it("counts what cannot be read", async () => {
    const at = directory({ "a.jsonl": '{"a":1}\n{"a":\n{"a":2}\n' })
    const { notes, records, rejected } = await sample(at, "a.jsonl")
    assert.deepStrictEqual([records, rejected, notes], [2, 1, ["JSON lines"]])
  })

  it.runIf(process.platform === "linux")(
    "leaves no file open that is read at any place, whatever is wrong",
    async () => {
      const at = directory({ "a.parquet": "PAR1 and nothing of Parquet", "b.parquet": `PAR1${"x".repeat(100)}PAR1` })
      for (const name of ["a.parquet", "b.parquet"]) {
        const failure = await Effect.runPromise(Effect.flip(sampleInputs([join(at, name)], null)))
        assert.strictEqual(failure.reason, "Data")
      }
      assert.deepStrictEqual(openBelow(at), [])
    }
  )
})

/** The files below a directory that this process has open. */
const openBelow = (at: string): ReadonlyArray<string> =>
  readdirSync("/proc/self/fd").flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`)
      return path.startsWith(at) ? [path] : []
    } catch {
      // The one that was read itself.
      return []
    }
  })
