import { assert, describe, it } from "@effect/vitest"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { oracle, randomEvents, randomSpec, specBody } from "../support/oracle.ts"
import type { PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { runSpec } from "../support/runSpec.ts"

const micros = (time: PlainRow[string]): number | undefined => timeTextMicros(String(time))

describe("compute agrees with a plain program on random events, for every kind of dedupe, order, tie, gap and boundary", () => {
  it.each([0, 50, 100, 150])("seeds from %i", (from) => {
    for (let seed = from; seed < from + 25; seed++) {
      const random = new Random(seed)
      const spec = randomSpec(random)
      const records = randomEvents(random, 50)
      // The order of a record's fields must not matter to its digest.
      const rows = records.map((record) => Object.fromEntries(random.shuffled(Object.entries(record))))
      const { computed, table } = runSpec(specBody(spec), rows, { cuts: random.cuts(rows.length, 3) })
      const expected = oracle(spec, records)
      const label = `seed ${seed}: ${JSON.stringify(spec)}`

      assert.deepStrictEqual(
        table("sessions").map((row) => ({
          user: row.u,
          cause: row.session_cause,
          start: micros(row.session_start),
          end: micros(row.session_end),
          count: row.event_count,
          number: row.session_number
        })),
        expected.sessions,
        label
      )
      assert.deepStrictEqual(
        table("events").map(({ a, id, t, type, u }) => [u, micros(t), type, id, a]),
        expected.unique.map((event) => [event.u, event.micros, event.type, event.id, event.a]),
        label
      )
      assert.deepStrictEqual(
        table("duplicates").map(({ conflicting, event, first_event }) => ({ event, first: first_event, conflicting })),
        expected.duplicates,
        label
      )
      assert.strictEqual(computed.deduped.unique.length, expected.unique.length, label)
    }
  })
})
