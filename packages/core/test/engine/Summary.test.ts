import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import {
  type Accounting,
  AccountingBroken,
  assertBalanced,
  quantileOf,
  type Summary
} from "../../src/engine/Summary.ts"
import { MemoryConnections } from "../support/MemoryConnections.ts"
import type { Row } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const summaryOf = (body: string, rows: ReadonlyArray<Row>, gaps = false): Effect.Effect<Summary> => {
  const { layer } = new MemoryConnections({ "events.json": [{ rows }] })
  return localEngine.run(planOf(body), { asOfMicros: 1e15, gaps }).pipe(
    Effect.provide(layer),
    Effect.map(({ summary }) => summary),
    Effect.orDie
  )
}

describe("assertBalanced", () => {
  const balanced: Accounting = {
    read: 10,
    accepted: 7,
    rejected: 3,
    filtered: 1,
    unique: 4,
    duplicates: 2,
    in_sessions: 3,
    outside: 1,
    late: 0
  }

  it("accepts numbers that add up, with or without sessions", () => {
    assertBalanced(balanced, 0)
    assertBalanced({ ...balanced, in_sessions: null }, 0)
  })

  it("refuses every number that is off by one", () => {
    for (const name of Object.keys(balanced) as Array<keyof Accounting>) {
      assert.throws(
        () => assertBalanced({ ...balanced, [name]: (balanced[name] ?? 0) + 1 }, 0),
        AccountingBroken,
        "do not add up"
      )
    }
  })

  it("refuses broken sessions", () => {
    assert.throws(() => assertBalanced(balanced, 1), AccountingBroken, "1 sessions overlap")
  })
})

describe("quantile", () => {
  it("interpolates between the two nearest, and is null of nothing", () => {
    const of = (q: number, ...values: ReadonlyArray<number>) => quantileOf(values.length, (n) => values[n], q)
    assert.strictEqual(of(0.5, 1, 2, 10), 2)
    assert.strictEqual(of(0.5, 1, 2), 1.5)
    assert.strictEqual(of(0.9, 0, 10), 9)
    assert.strictEqual(of(1, 3, 4), 4)
    assert.strictEqual(of(0.9, 7), 7)
    assert.isNull(of(0.5))
  })
})

describe("the summary", () => {
  const body = "event: { user: u, time: t, time_format: epoch_s }\ndedupe: none"
  const at = (u: string, t: number): Row => ({ u, t })

  it.effect("warns of users named like a missing value", () =>
    Effect.gen(function* () {
      const users = ["0", "null", "undefined", "NA", "anonymous", "NULL", "anon", "00"]
      const { warnings } = yield* summaryOf(
        body,
        [...users, "0"].map((u) => at(u, 1e9))
      )
      assert.deepStrictEqual(warnings, [
        'the user "0" looks like a missing value (2 events)',
        ...["NA", "anonymous", "null", "undefined"].map(
          (user) => `the user "${user}" looks like a missing value (1 event)`
        )
      ])
    })
  )

  it.effect("warns of users with over 5 % of at least 100 events, the largest three by name", () =>
    Effect.gen(function* () {
      const times = (user: string, count: number) => Array.from({ length: count }, () => at(user, 1e9))
      const others = Array.from({ length: 68 }, (_, i) => at(`user ${i}`, 1e9))
      const large = [...times("d", 6), ...times("c", 8), ...times("b", 7), ...times("anonymous", 6), ...times("e", 5)]
      const { warnings } = yield* summaryOf(body, [...others, ...large])
      assert.deepStrictEqual(warnings, [
        'the user "c" has 8 % of all events',
        'the user "b" has 7 % of all events',
        'the user "anonymous" has 6 % of all events',
        "1 more user has over 5 % of all events"
      ])
      assert.deepStrictEqual((yield* summaryOf(body, times("a", 99))).warnings, [])
    })
  )

  it.effect("counts the times between events of a user by length, if asked", () =>
    Effect.gen(function* () {
      const rows = [at("a", 1e9), at("a", 1e9 + 1), at("a", 1e9 + 2.5), at("b", 1e9), at("a", 1e9 + 10_000_000)]
      const { gaps } = yield* summaryOf(body, rows, true)
      assert.deepStrictEqual(
        gaps.filter(({ count }) => count > 0),
        [
          { up_to_sec: 1, count: 1 },
          { up_to_sec: 2, count: 1 },
          { up_to_sec: null, count: 1 }
        ]
      )
      assert.deepStrictEqual((yield* summaryOf(body, rows)).gaps, [])
    })
  )
})
