import { assert, describe, it } from "@effect/vitest"
import {
  boolColumn,
  dateColumn,
  int64Column,
  PluginError,
  recordBatch,
  TextBuilder,
  timestampColumn
} from "@sojourn/core"
import { csvEncoder } from "@sojourn/sinks-csv"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { builtInFormats } from "../../src/Formats.ts"
import { Commit } from "../../src/output/Commit.ts"
import { partitionSink } from "../../src/output/PartitionSink.ts"
import { directory } from "../support/directory.ts"

interface Row {
  readonly user: string | null
  readonly day: number | null
  readonly n: number
}

const table = (rows: ReadonlyArray<Row>): RecordBatch => {
  const users = new TextBuilder()
  for (const [row, { user }] of rows.entries()) if (user !== null) users.setText(row, user)
  const numbers = BigInt64Array.from(rows, ({ n }) => BigInt(n))
  const days = Int32Array.from(rows, ({ day }) => day ?? 0)
  return recordBatch(
    [
      { name: "user", data: users.take(rows.length) },
      { name: "day", data: dateColumn(days, (row) => rows[row].day !== null) },
      { name: "n", data: int64Column(numbers) },
      { name: "even", data: boolColumn(rows.length, (row) => rows[row].n % 2 === 0) },
      { name: "at", data: timestampColumn(numbers) }
    ],
    rows.length
  )
}

/** Writes batches, divided, and commits so far. */
const write = (
  uri: string,
  columns: ReadonlyArray<string>,
  batches: ReadonlyArray<ReadonlyArray<Row>>,
  until: "write" | "prepare" | "commit" = "commit"
) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const partitions = {
          uri,
          columns,
          extension: "csv",
          encoding: (schema: RecordBatch["schema"]) => csvEncoder.open({}, schema),
          isGrouped: false,
          former: undefined
        }
        const sink = yield* partitionSink(partitions, table([]).schema, new Commit(builtInFormats))
        for (const batch of batches) yield* sink.write(table(batch))
        if (until !== "write") yield* sink.prepare
        if (until === "commit") yield* sink.commit
      })
    )
  )

/** All files below a directory, with their lines but the header. */
const files = (at: string): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }): readonly [string, ReadonlyArray<string>] => {
        const path = join(parentPath, name)
        return [path.slice(at.length + 1), readFileSync(path, "utf8").trimEnd().split("\n").slice(1)]
      })
      .sort(([a], [b]) => (a < b ? -1 : 1))
  )

describe("partitionSink", () => {
  it("divides rows by the values of columns, in their order, and leaves those columns out of the files", async () => {
    const at = directory()
    const rows = Array.from({ length: 20 }, (_, n) => ({ user: ["a", "b"][n % 2], day: 19_000 + (n % 3), n }))
    await write(at, ["day"], [rows.slice(0, 7), [], rows.slice(7)])
    const expected = [0, 1, 2].map((i) => [
      `day=${["2022-01-08", "2022-01-09", "2022-01-10"][i]}/part-0.csv`,
      rows.filter(({ n }) => n % 3 === i).map(({ n, user }) => [user, n, n % 2 === 0])
    ])
    const found = Object.entries(files(at)).map(([path, lines]) => [
      path,
      lines.map((line) => line.split(",")).map(([user, n, even]) => [user, Number(n), even === "true"])
    ])
    assert.deepStrictEqual(found, expected)
    assert.strictEqual(readFileSync(join(at, "day=2022-01-08/part-0.csv"), "utf8").split("\n")[0], "user,n,even,at")
  })

  it("names nulls, blank texts and special characters as Hive does; no value leaves its directory", async () => {
    const at = directory()
    const users = [null, "", "..", "a/../../b", "x=y", "50%", "é b", "c:\\d", "*?[", "\n"]
    await write(at, ["user", "even"], [users.map((user) => ({ user, day: null, n: 2 }))])
    assert.deepStrictEqual(
      Object.keys(files(at)),
      [..."%0A %2A%3F%5B .. 50%25 __HIVE_DEFAULT_PARTITION__ a%2F..%2F..%2Fb c%3A%5Cd x%3Dy".split(" "), "é b"].map(
        (name) => `user=${name}/even=true/part-0.csv`
      )
    )
    assert.lengthOf(files(at)["user=__HIVE_DEFAULT_PARTITION__/even=true/part-0.csv"], 2)
  })

  it("replaces the partitions that have rows, and leaves the others", async () => {
    const at = directory()
    await write(at, ["n"], [[1, 2].map((n) => ({ user: "first", day: 1, n }))])
    await write(at, ["n"], [[2, 3].map((n) => ({ user: "second", day: 1, n }))])
    const users = Object.entries(files(at)).map(([path, [line]]) => [path, line.split(",")[0]])
    assert.deepStrictEqual(users, [
      ["n=1/part-0.csv", "first"],
      ["n=2/part-0.csv", "second"],
      ["n=3/part-0.csv", "second"]
    ])
  })

  it("leaves everything as it was, and nothing behind, when it ends before its commit", async () => {
    const at = directory()
    await write(at, ["n"], [[{ user: "first", day: 1, n: 1 }]])
    const before = files(at)
    for (const until of ["write", "prepare"] as const) {
      await write(at, ["n"], [[1, 2].map((n) => ({ user: "second", day: 1, n }))], until)
      assert.deepStrictEqual(files(at), before)
      assert.deepStrictEqual(readdirSync(at), ["n=1"])
    }
  })

  it("refuses a partition with a file that it does not replace, before anything appears", async () => {
    const at = directory()
    mkdirSync(join(at, "n=2"))
    writeFileSync(join(at, "n=2/_SUCCESS"), "")
    await write(at, ["n"], [[{ user: "a", day: 1, n: 2 }]])
    writeFileSync(join(at, "n=2/other.csv"), "")
    const error: unknown = await write(at, ["n"], [[1, 2].map((n) => ({ user: "b", day: 1, n }))]).catch(
      (error) => error
    )
    assert.instanceOf(error, PluginError)
    assert.include(error.message, "n=2/part-0.csv: other.csv lies beside it")
    assert.deepStrictEqual(readdirSync(at), ["n=2"])
  })

  it("refuses more partitions than can be open", async () => {
    const rows = Array.from({ length: 4001 }, (_, n) => ({ user: "a", day: 1, n }))
    const error: unknown = await write(directory(), ["n"], [rows]).catch((error) => error)
    assert.instanceOf(error, PluginError)
    assert.include(error.message, "more than 4,000 partitions by n")
  })
})

describe("a table that is divided into files of one directory", () => {
  const rows = [
    { user: "a", day: 1, n: 1 },
    { user: "b", day: 1, n: 2 },
    { user: "a", day: 1, n: 3 }
  ]

  it("has a file a value, which stands for the * of its name", async () => {
    const at = directory()
    await write(join(at, "out/u-*_x.csv"), ["user"], [rows])
    assert.deepStrictEqual(Object.keys(files(at)), ["out/u-a_x.csv", "out/u-b_x.csv"])
    assert.deepStrictEqual(
      files(at)["out/u-a_x.csv"].map((line) => line.split(",")[1]),
      ["1", "3"]
    )
  })

  it("removes such files as have no rows any more, also when there is no row at all, and no others", async () => {
    const at = directory()
    const uri = join(at, "u-*_x.csv")
    await write(uri, ["user"], [rows])
    for (const name of ["u-a.csv", "a_x.csv", "u_x.csv"]) writeFileSync(join(at, name), "mine")
    await write(uri, ["user"], [rows.slice(1, 2)], "prepare")
    assert.sameMembers(readdirSync(at), ["a_x.csv", "u-a.csv", "u-a_x.csv", "u-b_x.csv", "u_x.csv"])
    await write(uri, ["user"], [rows.slice(1, 2)])
    assert.sameMembers(readdirSync(at), ["a_x.csv", "u-a.csv", "u-b_x.csv", "u_x.csv"])
    await write(uri, ["user"], [])
    assert.sameMembers(readdirSync(at), ["a_x.csv", "u-a.csv", "u_x.csv"])
  })

  it("makes no directory where there are no rows, and no file elsewhere whatever a value is", async () => {
    const at = directory()
    await write(join(at, "out/*.csv"), ["user"], [[]])
    assert.deepStrictEqual(readdirSync(at), [])
    const odd = ["..", "../x", ".hidden", "", null, "a/b"].map((user, n) => ({ user, day: 1, n }))
    await write(join(at, "out/*.csv"), ["user"], [odd])
    assert.deepStrictEqual(
      Object.keys(files(at)),
      ["%2E.%2Fx.csv", "%2E..csv", "%2Ehidden.csv", "__HIVE_DEFAULT_PARTITION__.csv", "a%2Fb.csv"].map(
        (name) => `out/${name}`
      )
    )
  })
})
