import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { tableColumns } from "../../src/plan/Tables.ts"
import { MemoryConnections, type MemoryInput } from "../support/MemoryConnections.ts"
import { type OracleSpec, oracle, type RandomEvent, randomEvents, randomSpec, specBody } from "../support/oracle.ts"
import type { PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { Broken, type Row } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const seeds = Array.from({ length: 8 }, (_, i) => i + 1)
const tables = ["sessions", "events", "duplicates", "rejects", "daily"]

/** Writes every table with every column. */
const writingAll = (plan: Plan): Plan => ({
  ...plan,
  write: tables.map((table) => ({
    output: table,
    table,
    uri: `${table}.json`,
    format: null,
    columns: (tableColumns(plan, table) ?? []).map(({ name }) => name),
    partition: [],
    member: null
  }))
})

const run = Effect.fnUntraced(function* (spec: OracleSpec, inputs: ReadonlyArray<MemoryInput>) {
  const connections = new MemoryConnections({ "events.json": inputs })
  const plan = writingAll(planOf(specBody(spec)))
  const { summary } = yield* localEngine.run(plan, { asOfMicros: 1.72e15 }).pipe(Effect.provide(connections.layer))
  const table = (name: string): ReadonlyArray<PlainRow> => connections.committed.get(name) ?? []
  return { accounting: summary.accounting, duplicates: summary.duplicates, table }
})

/** Some records that the decoder cannot read among those that it can. */
const withBroken = (random: Random, records: ReadonlyArray<RandomEvent>): ReadonlyArray<Row> =>
  records.flatMap((record): ReadonlyArray<Row> =>
    random.int(12) === 0 ? [new Broken("json.syntax", "unexpected end"), { ...record }] : [{ ...record }]
  )

const without = (rows: ReadonlyArray<PlainRow>, ...names: ReadonlyArray<string>) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))))

describe("on random events", () => {
  it.effect("every record is accounted for, in the summary and in what was written", () =>
    Effect.forEach(seeds, (seed) =>
      Effect.gen(function* () {
        const random = new Random(seed)
        const spec = randomSpec(random)
        const records = randomEvents(random, 50)
        const rows = withBroken(random, records)
        const { accounting, duplicates, table } = yield* run(spec, [{ rows, cuts: random.cuts(rows.length, 5) }])
        const expected = oracle(spec, records)
        const unique = expected.unique.length
        const removed = expected.duplicates.length
        assert.deepStrictEqual(
          accounting,
          {
            read: rows.length,
            accepted: unique + removed,
            rejected: rows.length - unique - removed,
            filtered: 0,
            unique,
            duplicates: removed,
            in_sessions: unique,
            outside: 0,
            late: 0
          },
          `seed ${seed}`
        )
        assert.strictEqual(table("rejects").length, accounting.rejected)
        assert.strictEqual(table("events").length, unique)
        assert.strictEqual(table("duplicates").length, duplicates.removed)
        const inSessions = table("sessions").reduce((sum, { event_count }) => sum + Number(event_count), 0)
        assert.strictEqual(inSessions, unique)
      })
    )
  )

  it.effect("how an input is cut into batches changes nothing in any table", () =>
    Effect.forEach(seeds, (seed) =>
      Effect.gen(function* () {
        const random = new Random(seed)
        const spec = randomSpec(random)
        const rows = withBroken(random, randomEvents(random, 50))
        const whole = yield* run(spec, [{ rows }])
        const single = rows.map((_, i) => i)
        for (const cuts of [random.cuts(rows.length, 3), seed < 4 ? single : random.cuts(rows.length, 15)]) {
          const cut = yield* run(spec, [{ rows, cuts }])
          for (const name of tables) assert.deepStrictEqual(cut.table(name), whole.table(name), `seed ${seed}: ${name}`)
        }
      })
    )
  )

  it.effect("records spread over several inputs in the same order change nothing but places", () =>
    Effect.forEach(seeds, (seed) =>
      Effect.gen(function* () {
        const random = new Random(seed)
        const spec = randomSpec(random)
        const rows = withBroken(random, randomEvents(random, 50))
        const whole = yield* run(spec, [{ rows }])
        const ends = [...random.cuts(rows.length, 3), rows.length]
        const several = yield* run(
          spec,
          ends.map((end, i) => ({ rows: rows.slice(i === 0 ? 0 : ends[i - 1], end) }))
        )
        for (const name of ["sessions", "events", "daily"]) {
          assert.deepStrictEqual(several.table(name), whole.table(name), `seed ${seed}: ${name}`)
        }
        const places = ["source", "event", "line", "offset", "first_source", "first_event"]
        for (const name of ["duplicates", "rejects"]) {
          assert.deepStrictEqual(
            without(several.table(name), ...places),
            without(whole.table(name), ...places),
            `seed ${seed}`
          )
        }
      })
    )
  )

  it.effect("with tie: content the order in which records arrive changes nothing but places in the quarantine", () =>
    Effect.forEach(seeds, (seed) =>
      Effect.gen(function* () {
        const random = new Random(seed)
        const spec: OracleSpec = { ...randomSpec(random), tie: "content" }
        const rows = withBroken(random, randomEvents(random, 50))
        const before = yield* run(spec, [{ rows }])
        const after = yield* run(spec, [{ rows: random.shuffled(rows), cuts: random.cuts(rows.length, 5) }])
        for (const name of ["sessions", "events", "daily"]) {
          assert.deepStrictEqual(after.table(name), before.table(name), `seed ${seed}: ${name}`)
        }
        const reasons = (rejects: ReadonlyArray<PlainRow>) =>
          without(rejects, "event", "line", "offset")
            .map((row) => JSON.stringify(row))
            .sort()
        assert.deepStrictEqual(reasons(after.table("rejects")), reasons(before.table("rejects")), `seed ${seed}`)
        assert.deepStrictEqual(after.duplicates, before.duplicates)
      })
    )
  )
})
