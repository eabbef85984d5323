import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { RecordBatch } from "apache-arrow"
import { pickColumns } from "../../src/arrow/Columns.ts"
import { Outputs } from "../../src/engine/Outputs.ts"
import type { Write } from "../../src/plan/Plan.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import type { Sink } from "../../src/plugin/Sink.ts"
import { plainColumn } from "../support/plain.ts"
import { column, tableOf } from "../support/table.ts"

/** A sink that notes what happens to it in a log that it shares with others. */
const noting = (name: string, log: Array<string>, more: Partial<Sink> = {}): Sink => ({
  write: (batch) => Effect.sync(() => void log.push(`${name} ${batch.schema.names.join("+")} ${batch.numRows}`)),
  prepare: Effect.sync(() => void log.push(`${name} prepared`)),
  commit: Effect.sync(() => void log.push(`${name} committed`)),
  ...more
})

const writeOf = (table: string, columns: ReadonlyArray<string>, output = table): Write => ({
  output,
  table,
  uri: `${output}.csv`,
  format: null,
  columns,
  partition: [],
  member: null
})

const outputOf = (write: Write, sink: Sink) => ({
  write,
  sink,
  chosen: (rows: RecordBatch) => pickColumns(rows, write.columns),
  rows: 0
})

const outputsOf = (sinks: Readonly<Record<string, Sink>>, columns: ReadonlyArray<string>) => {
  const opened = Object.entries(sinks).map(([table, sink]) => outputOf(writeOf(table, columns), sink))
  return { outputs: new Outputs(opened, [], undefined), writes: opened.map(({ write }) => write) }
}

const commitAll = ({ outputs, writes }: ReturnType<typeof outputsOf>) => outputs.commit(writes)

const rows = (count: number): RecordBatch =>
  tableOf({
    b: column.double(Array.from({ length: count }, (_, i) => i)),
    a: column.text(Array.from({ length: count }, () => "x")),
    c: column.text(Array.from({ length: count }, () => null))
  })

describe("the outputs of a run", () => {
  it("get their columns in their order, in pieces that are not too large, with every row once", async () => {
    const got: Array<RecordBatch> = []
    const sink = noting("s", [], { write: (batch) => Effect.sync(() => void got.push(batch)) })
    const { outputs, writes } = outputsOf({ s: sink }, ["c", "b"])
    await Effect.runPromise(outputs.write("s", rows(150_000)))
    await Effect.runPromise(outputs.write("s", rows(3)))
    for (const batch of got) {
      assert.deepStrictEqual(batch.schema.names, ["c", "b"])
      assert.isAtMost(batch.numRows, 65_536)
    }
    const numbers = got.flatMap((batch) => plainColumn(batch, "b"))
    assert.deepStrictEqual(numbers, [...Array.from({ length: 150_000 }).keys(), 0, 1, 2])
    assert.deepStrictEqual(outputs.counted(writes), [{ table: "s", uri: "s.csv", rows: 150_003 }])
  })

  it("get nothing of tables that are not written, and no batch without rows", async () => {
    const log: Array<string> = []
    const { outputs, writes } = outputsOf({ s: noting("s", log) }, ["a"])
    await Effect.runPromise(outputs.write("other", rows(2)))
    await Effect.runPromise(outputs.write("s", rows(0)))
    assert.isEmpty(log)
    assert.strictEqual(outputs.counted(writes)[0].rows, 0)
  })

  it("take bytes where their sinks do, in order, and count their rows", async () => {
    const bytes: Array<number> = []
    const takes = noting("s", [], { writeEncoded: (chunk) => Effect.sync(() => void bytes.push(...chunk)) })
    const [s, t] = ["s", "t"].map((table) => writeOf(table, ["a"]))
    const outputs = new Outputs([outputOf(s, takes), outputOf(t, noting("t", []))], [], undefined)
    assert.deepStrictEqual(
      [s, t].map((write) => outputs.takesEncoded(write)),
      [true, false]
    )
    await Effect.runPromise(outputs.writeEncoded(s, [Uint8Array.of(1, 2), Uint8Array.of(3)], 7))
    await Effect.runPromise(outputs.writeTo(s, rows(2)))
    assert.deepStrictEqual(bytes, [1, 2, 3])
    assert.deepStrictEqual(
      outputs.counted([s, t]).map((output) => output.rows),
      [9, 0]
    )
  })

  it("may be several of one table, each with columns of its own", async () => {
    const log: Array<string> = []
    const [first, second] = [writeOf("s", ["a", "b"], "x"), writeOf("s", ["c"], "y")]
    const outputs = new Outputs(
      [first, second].map((write) => outputOf(write, noting(write.output, log))),
      [],
      undefined
    )
    await Effect.runPromise(outputs.write("s", rows(2)))
    await Effect.runPromise(outputs.writeTo(second, rows(3)))
    assert.deepStrictEqual(log, ["x a+b 2", "y c 2", "y c 3"])
    assert.deepStrictEqual(
      outputs.counted([first, second]).map((output) => [output.uri, output.rows]),
      [
        ["x.csv", 2],
        ["y.csv", 5]
      ]
    )
  })

  it("are all prepared before one is committed; none is if one cannot be prepared", async () => {
    const log: Array<string> = []
    await Effect.runPromise(commitAll(outputsOf({ s: noting("s", log), t: noting("t", log) }, ["a"])))
    assert.deepStrictEqual(log, ["s prepared", "t prepared", "s committed", "t committed"])
    log.length = 0
    const full = new PluginError({ plugin: "p", reason: "Transient", message: "full" })
    const broken = outputsOf({ s: noting("s", log), t: noting("t", log, { prepare: Effect.fail(full) }) }, ["a"])
    assert.strictEqual(await Effect.runPromise(Effect.flip(commitAll(broken))), full)
    assert.deepStrictEqual(log, ["s prepared"])
  })

  it("are not interrupted between two commits", async () => {
    const log: Array<string> = []
    await Effect.runPromise(
      Effect.gen(function* () {
        const reached = yield* Deferred.make<void>()
        const go = yield* Deferred.make<void>()
        const slow = Deferred.succeed(reached, undefined).pipe(
          Effect.andThen(Deferred.await(go)),
          Effect.andThen(Effect.sync(() => void log.push("s committed")))
        )
        const outputs = outputsOf({ s: noting("s", log, { commit: slow }), t: noting("t", log) }, ["a"])
        const fiber = yield* Effect.forkChild(commitAll(outputs))
        yield* Deferred.await(reached)
        const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber))
        yield* Effect.yieldNow
        yield* Deferred.succeed(go, undefined)
        yield* Fiber.join(interrupting)
      })
    )
    assert.deepStrictEqual(log.slice(-2), ["s committed", "t committed"])
  })
})
