import { assert, describe, it } from "@effect/vitest"
import { cutEvents, specName } from "../support/cutEvents.ts"
import { Random } from "../support/random.ts"
import {
  type Cutting,
  randomCutting,
  randomRuleEvents,
  type RuleEvent,
  sessionOracle
} from "../support/sessionOracle.ts"

const cases = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const random = new Random(from + i)
    const cutting = randomCutting(random)
    const events = randomRuleEvents(random, 14)
    const asOf = 1_720_650_600_000_000 + random.int(30) * 300_000_000
    return { asOf, cutting, events, label: `seed ${from + i}: ${JSON.stringify(cutting)}` }
  })

describe("any combination of rules cuts random events as a plain program does", () => {
  it.each([0, 1000, 2000, 3000])("seeds from %i", (from) => {
    for (const { asOf, cutting, events, label } of cases(from, 1000)) {
      const found = cutEvents(cutting, events, asOf)
      const expected = sessionOracle(cutting, events, specName, asOf)
      assert.deepStrictEqual(found.sessions, expected.sessions, label)
      assert.deepStrictEqual(found.outside, expected.outside, label)

      const isTie = (event: RuleEvent, before?: RuleEvent) => before?.user === event.user && before.time === event.time
      assert.strictEqual(found.ties, events.filter((event, i) => isTie(event, events[i - 1])).length, label)

      // What else the tables say follows from the sessions themselves.
      const idOf = new Map(expected.sessions.flatMap(({ events, id }) => events.map((event) => [event, id])))
      assert.deepStrictEqual(
        found.ids,
        events.map((_, i) => idOf.get(i) ?? null),
        label
      )
      for (const [i, row] of found.table.entries()) {
        const session = expected.sessions[i]
        const [before, after] = [found.table[i - 1], found.table[i + 1]]
        assert.strictEqual(row.event_count, session.events.length, label)
        assert.strictEqual(row.session_duration_sec, (session.end - session.start) / 1e6, label)
        assert.strictEqual(row.previous_session_end, before?.user === row.user ? before.session_end : null, label)
        assert.strictEqual(row.next_session_start, after?.user === row.user ? after.session_start : null, label)
      }
    }
  })

  it("which meet every cause, sessions that overlap, and events outside", () => {
    const causes = new Set<string>()
    let overlapping = 0
    let outside = 0
    let passiveFirst = 0
    for (const { asOf, cutting, events } of cases(0, 1000)) {
      const found = cutEvents(cutting, events, asOf)
      for (const [i, { cause, end, events: places, user }] of found.sessions.entries()) {
        causes.add(cause)
        const next = found.sessions[i + 1]
        if (next?.user === user && next.start < end) overlapping++
        if (cutting.passive === true && events[places[0]].passive === true) passiveFirst++
      }
      outside += found.outside.length
    }
    assert.deepStrictEqual(
      [...causes].sort(),
      ["by", "change:a", "change:n", "end", "first", "gap", "max_duration", "max_events", "midnight", "start"].sort()
    )
    for (const count of [overlapping, outside, passiveFirst]) assert.isAbove(count, 20)
  })
})

describe("a user is cut alone", () => {
  it("so blocks of whole users have the sessions of all of them together", () => {
    for (const { asOf, cutting, events, label } of cases(10_000, 300)) {
      const whole = cutEvents(cutting, events, asOf)
      const users = [...new Set(events.map(({ user }) => user))]
      const blocks = users.map((user) =>
        cutEvents(
          cutting,
          events.filter((event) => event.user === user),
          asOf
        )
      )
      const rows = (cut: typeof whole) => [cut.table, cut.ids]
      assert.deepStrictEqual(
        rows(whole),
        [blocks.flatMap(({ table }) => table), blocks.flatMap(({ ids }) => ids)],
        label
      )
    }
  })
})

describe("without events", () => {
  it.each<[string, Cutting]>([
    ["no rule", {}],
    [
      "every rule",
      { by: "given", passive: true, end: true, start: true, gap: "column", change: ["a"], midnight: "UTC" }
    ]
  ])("%s makes no sessions", (_, cutting) => {
    assert.deepStrictEqual(cutEvents(cutting, [], 0), { sessions: [], outside: [], table: [], ids: [], ties: 0 })
  })
})
