import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Crew, PartResult, Piece } from "../../src/engine/Crew.ts"
import type { Progress } from "../../src/engine/Engine.ts"
import { planScan, scanInputs } from "../../src/engine/Scan.ts"
import { Connections } from "../../src/plugin/Connections.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import type { Source } from "../../src/plugin/Source.ts"
import { type PlainRow, plainRows } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { planOf } from "../support/runSpec.ts"
import { column, tableOf } from "../support/table.ts"

// Records of a model format: a record ends at a newline that stands outside of quotes, and is bad if it holds an x.

const newline = "\n"

interface Record {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly isBad: boolean
}

/** The records that begin from `start` on and before `until`, with lines counted from 1 at `start`. */
const recordsOf = (text: string, start: number, until: number): ReadonlyArray<Record> => {
  const records: Array<Record> = []
  let line = 1
  for (let at = start; at < until && at < text.length;) {
    let end = at
    let quoted = false
    for (; end < text.length; end++) {
      if (text[end] === '"') quoted = !quoted
      if (text[end] === newline && !quoted) break
    }
    end = Math.min(end + 1, text.length)
    const record = text.slice(at, end)
    records.push({ start: at, end, line, isBad: record.includes("x") })
    line += record.split(newline).length - 1
    at = end
  }
  return records
}

const rejectsOf = (source: string, records: ReadonlyArray<Record>, from: number) => {
  const bad = records.flatMap((record, i) => (record.isBad ? [{ ...record, event: i + 1 }] : []))
  return tableOf({
    event: column.int64(bad.map(({ event }) => BigInt(event))),
    source: column.text(bad.map(() => source)),
    line: column.int64(bad.map(({ line }) => BigInt(line))),
    offset: column.int64(bad.map(({ start }) => BigInt(start - from))),
    code: column.text(bad.map(() => "json.syntax")),
    reason: column.text(bad.map(() => "bad")),
    field: column.text(bad.map(() => null)),
    raw: column.text(bad.map(({ end, start }) => `${start} to ${end}`))
  })
}

interface Read {
  readonly part: number
  readonly source: string
  readonly piece: Piece | undefined
}

/** A crew that reads texts by the model, in the time that chance gives each piece. */
const modelCrew = (
  random: Random,
  texts: ReadonlyMap<string, string>,
  pieceBytes: number,
  reads: Array<Read>
): Crew => {
  const never = () => Effect.die("not asked for")
  return {
    size: 3,
    encodes: false,
    pieces: ({ name }) =>
      Effect.sync(() => {
        const { length } = texts.get(name) ?? ""
        return Array.from({ length: Math.ceil(length / pieceBytes) }, (_, i) => ({
          start: i * pieceBytes,
          end: Math.min(length, (i + 1) * pieceBytes),
          exact: i === 0
        }))
      }),
    read: (source, piece, part, _lateBefore, on) =>
      Effect.gen(function* () {
        const text = texts.get(source.name) ?? ""
        reads.push({ part, source: source.name, piece })
        for (let i = random.int(6); i > 0; i--) yield* Effect.yieldNow
        const { end: until, exact, start: from } = piece ?? { start: 0, end: text.length, exact: true }
        const found = text.indexOf(newline, from - 1)
        const start = exact ? from : found < 0 ? text.length : found + 1
        const records = recordsOf(text, start, until)
        const end = records.at(-1)?.end ?? start
        on.progress(until - from, records.length)
        // In two batches, as a large part tells its rejects.
        const half = Math.floor(records.length / 2)
        const rejects = rejectsOf(source.name, records, start)
        const firstHalf = records.slice(0, half).filter(({ isBad }) => isBad).length
        if (firstHalf > 0) yield* on.rejects(rejects.slice(0, firstHalf))
        for (let i = random.int(6); i > 0; i--) yield* Effect.yieldNow
        if (rejects.numRows > firstHalf) yield* on.rejects(rejects.slice(firstHalf))
        const result: PartResult = {
          records: records.length,
          filtered: records.filter((record) => text.slice(record.start, record.end).includes("f")).length,
          lines: text.slice(start, end).split(newline).length - 1,
          start: piece === undefined ? 0 : start,
          end,
          settled: false,
          notes: [...new Set(records.map(({ isBad }) => (isBad ? "some are bad" : "some are good")))].toSorted(),
          times: { local: records.length, skipped: 0, doubled: 1, outside: 0 },
          rejected: [],
          unmatched: []
        }
        return result
      }),
    gather: never,
    compare: never,
    compute: never,
    finish: Effect.die("not asked for")
  }
}

const scanOf = (texts: ReadonlyMap<string, string>, crew: Crew, whole = false) => {
  const rejects: Array<PlainRow> = []
  const progress: Array<Progress> = []
  const sources = [...texts.keys()].map((name): Source => ({
    name,
    bytes: texts.get(name)?.length,
    read: () => Stream.empty
  }))
  const connections = Layer.succeed(Connections, {
    sources: () => Effect.succeed(sources),
    sink: () => Effect.die("not asked for")
  })
  const plan = planOf("event: { user: u, time: t }")
  return planScan(plan, crew, whole, { state: undefined, lookups: [], edges: undefined }).pipe(
    Effect.flatMap((planned) =>
      scanInputs(plan, crew, planned, {
        state: undefined,
        rejects: (batch) => Effect.sync(() => void rejects.push(...plainRows(batch))),
        progress: (told) => void progress.push(told),
        wantsKept: false,
        replays: undefined
      })
    ),
    Effect.map((scanned) => ({ scanned, rejects, progress })),
    Effect.provide(connections),
    Effect.scoped
  )
}

const randomText = (random: Random): string =>
  Array.from({ length: random.int(60) }, () => random.pick(["a", "x", "f", '"', '"', newline, newline, "bcdefg"])).join(
    ""
  )

describe("a scan in pieces", () => {
  it("comes to what reading each input as a whole comes to, wherever quotes and newlines stand", async () => {
    let readAgain = 0
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const texts = new Map(
        Array.from({ length: 1 + random.int(3) }, (_, i) => [`input ${i}`, randomText(random)] as const)
      )
      const reads: Array<Read> = []
      const crew = modelCrew(random, texts, 1 + random.int(20), reads)
      const { rejects, scanned } = await Effect.runPromise(scanOf(texts, crew))
      const all = [...texts].map(([name, text]) => ({ name, text, records: recordsOf(text, 0, text.length) }))
      const about = `seed ${seed}`

      assert.deepStrictEqual(
        rejects,
        all.flatMap(({ name, records }) => plainRows(rejectsOf(name, records, 0))),
        about
      )
      assert.deepStrictEqual(
        scanned.inputs.map(({ records, source }) => [source, records]),
        all.map(({ name, records }) => [name, records.length]),
        about
      )
      assert.strictEqual(
        scanned.records,
        all.reduce((sum, { records }) => sum + records.length, 0)
      )
      assert.strictEqual(scanned.rejects.total, rejects.length)
      const filtered = all.flatMap(({ records, text }) =>
        records.filter(({ end, start }) => text.slice(start, end).includes("f"))
      )
      assert.strictEqual(scanned.filtered, filtered.length)
      assert.strictEqual(scanned.times.local, scanned.records)
      for (const [i, { records }] of all.entries()) {
        const notes = new Set(records.map(({ isBad }) => (isBad ? "some are bad" : "some are good")))
        assert.deepStrictEqual(new Set(scanned.inputs[i].notes), notes, about)
      }

      // The parts that count hold every record once: they are those that were read and are not void.
      const counting = reads.filter(({ part }) => !scanned.voided.includes(part))
      for (const { part, source } of counting) assert.strictEqual(scanned.parts[part].source, source)
      assert.strictEqual(new Set(reads.map(({ part }) => part)).size, reads.length)
      readAgain += reads.filter(({ part }) => part % 2 === 1).length
      // Places order as the input does, and an ordinal of a part is counted on from the parts before it.
      for (const { name } of all) {
        const own = counting.filter(({ source }) => source === name).toSorted((a, b) => a.part - b.part)
        const befores = own.map(({ part }) => scanned.parts[part].before)
        assert.deepStrictEqual(
          befores,
          befores.toSorted((a, b) => a - b)
        )
        assert.strictEqual(befores[0] ?? 0, 0)
        const starts = own.map(({ piece }) => piece?.start ?? 0)
        assert.deepStrictEqual(
          starts,
          starts.toSorted((a, b) => a - b)
        )
      }
    }
    assert.isAbove(readAgain, 100)
  })

  it("tells progress as a sum over all inputs", async () => {
    const texts = new Map([
      ["a", "1\n2\n3\n"],
      ["b", "4\n"]
    ])
    const { progress } = await Effect.runPromise(scanOf(texts, modelCrew(new Random(1), texts, 2, [])))
    assert.deepStrictEqual(progress.at(-1), { bytes: 8, totalBytes: 8, records: 4 })
    for (const [i, { bytes }] of progress.slice(1).entries()) assert.isAtLeast(bytes, progress[i].bytes)
  })

  it("reads every input as a whole where it must", async () => {
    const texts = new Map([
      ["a", "1\n2\n"],
      ["b", "3\n"]
    ])
    const reads: Array<Read> = []
    await Effect.runPromise(scanOf(texts, modelCrew(new Random(1), texts, 1, reads), true))
    assert.deepStrictEqual(
      reads.map(({ piece, source }) => [source, piece]),
      [
        ["a", undefined],
        ["b", undefined]
      ]
    )
  })

  it("ends with the error of a piece, and reads no further", async () => {
    const texts = new Map([["a", "1\n".repeat(50)]])
    const reads: Array<Read> = []
    const model = modelCrew(new Random(1), texts, 2, reads)
    const lost = new PluginError({ plugin: "model", reason: "Internal", message: "lost" })
    const crew: Crew = {
      ...model,
      read: (source, piece, part, _lateBefore, on) =>
        piece?.start === 10 ? Effect.fail(lost) : model.read(source, piece, part, undefined, on)
    }
    assert.strictEqual(await Effect.runPromise(Effect.flip(scanOf(texts, crew))), lost)
    assert.isBelow(reads.length, 20)
  })
})
