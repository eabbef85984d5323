import { assert, describe, it } from "@effect/vitest"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { cutEvents } from "../support/cutEvents.ts"
import type { Cutting, RuleEvent } from "../support/sessionOracle.ts"

const minute = 60_000_000
const second = 1_000_000

/** Events of one user, at microseconds after 2024-07-10T00:00:00Z unless `time` is a text. */
const at = (time: number | string, rest: Partial<RuleEvent> = {}): RuleEvent => ({
  user: "u",
  time: typeof time === "number" ? base + time : (timeTextMicros(time) ?? NaN),
  ...rest
})
const base = 1_720_569_600_000_000

/** Each session as its cause and the places of its events; then the events outside. */
const cut = (cutting: Cutting, events: ReadonlyArray<RuleEvent>, asOf = base): string => {
  const { outside, sessions } = cutEvents(cutting, events, asOf)
  const cuts = sessions.map(({ cause, events }) => `${cause} ${events.join()}`)
  return [...cuts, ...(outside.length === 0 ? [] : [`outside ${outside.join()}`])].join("; ")
}

const passive = true
const end = true
const start = true

describe("a limit holds to the microsecond", () => {
  const gap = { gap: 30 * minute }
  const length = { maxDuration: 30 * minute }
  const apart = (micros: number) => [at(0), at(micros)]

  it.each<[string, Cutting, number, string]>([
    ["a gap under the limit", { ...gap, gapBoundary: "split" }, 30 * minute - 1, "first 0,1"],
    ["a gap of exactly the limit, merge", gap, 30 * minute, "first 0,1"],
    ["a gap of exactly the limit, split", { ...gap, gapBoundary: "split" }, 30 * minute, "first 0; gap 1"],
    ["a gap over the limit", gap, 30 * minute + 1, "first 0; gap 1"],
    ["a duration under the limit", { ...length, durationBoundary: "split" }, 30 * minute - 1, "first 0,1"],
    ["a duration of exactly the limit, merge", length, 30 * minute, "first 0,1"],
    [
      "a duration of the limit, split",
      { ...length, durationBoundary: "split" },
      30 * minute,
      "first 0; max_duration 1"
    ],
    ["a duration over the limit", length, 30 * minute + 1, "first 0; max_duration 1"]
  ])("%s", (_, cutting, micros, expected) => {
    assert.strictEqual(cut(cutting, apart(micros)), expected)
  })

  it("and is measured from the start of the session, event by event", () => {
    const events = [0, 10, 20, 30, 31, 61, 62].map((minutes) => at(minutes * minute))
    assert.strictEqual(cut({ maxDuration: 30 * minute }, events), "first 0,1,2,3; max_duration 4,5; max_duration 6")
  })
})

describe("a gap of zero", () => {
  const events = [at(0), at(0), at(1), at(2), at(2)]
  it("keeps events of one instant together with merge, and none with split", () => {
    assert.strictEqual(cut({ gap: 0 }, events), "first 0,1; gap 2; gap 3,4")
    assert.strictEqual(cut({ gap: 0, gapBoundary: "split" }, events), "first 0; gap 1; gap 2; gap 3; gap 4")
  })
})

describe("a gap that differs from event to event", () => {
  const events = (...gaps: ReadonlyArray<readonly [number, number | null]>) =>
    gaps.map(([minutes, gap]) => at(minutes * minute, { gap: gap === null ? null : gap * minute }))

  it.each<[string, ReadonlyArray<readonly [number, number | null]>, string]>([
    [
      "is that of the earlier event",
      [
        [0, 10],
        [10, 5],
        [16, 60]
      ],
      "first 0,1; gap 2"
    ],
    [
      "holds although a later event has a shorter one",
      [
        [0, 60],
        [10, 5],
        [60, 1],
        [61, 1],
        [63, 1]
      ],
      "first 0,1,2,3; gap 4"
    ],
    [
      "of null extends nothing",
      [
        [0, 20],
        [10, null],
        [20, null],
        [21, 5]
      ],
      "first 0,1,2; gap 3"
    ],
    [
      "of null keeps what happens at one instant",
      [
        [0, null],
        [0, null],
        [1, null]
      ],
      "first 0,1; gap 2"
    ],
    [
      "below zero extends nothing",
      [
        [0, -5],
        [0, -5],
        [1, 5],
        [4, -5],
        [6, 0]
      ],
      "first 0,1; gap 2,3,4"
    ],
    [
      "starts anew with a session",
      [
        [0, 60],
        [61, 1],
        [63, 1]
      ],
      "first 0; gap 1; gap 2"
    ]
  ])("%s", (_, gaps, expected) => {
    assert.strictEqual(cut({ gap: "column" }, events(...gaps)), expected)
  })
})

describe("end and start", () => {
  it("cut after and before an event", () => {
    const events = [at(0), at(1, { end }), at(2), at(3, { start }), at(4, { end, start }), at(5)]
    assert.strictEqual(cut({ end, start }, events), "first 0,1; end 2; start 3; start 4; end 5")
  })

  it("give one cause, end before start before gap", () => {
    const events = [at(0, { end }), at(60 * minute, { start }), at(120 * minute, { start }), at(180 * minute)]
    assert.strictEqual(cut({ end, start, gap: 30 * minute }, events), "first 0; end 1; start 2; gap 3")
  })

  it("do nothing for null", () => {
    const events = [at(0, { end: null }), at(1, { start: null }), at(2)]
    assert.strictEqual(cut({ end, start }, events), "first 0,1,2")
  })
})

describe("max_events", () => {
  const events = [at(0), at(0), at(1), at(2), at(3)]
  it("of one makes a session of each event", () => {
    assert.strictEqual(cut({ maxEvents: 1 }, events), "first 0; max_events 1; max_events 2; max_events 3; max_events 4")
  })

  it("counts anew after any other cut", () => {
    const some = [at(0), at(1), at(2, { start }), at(3), at(4), at(5)]
    assert.strictEqual(cut({ start, maxEvents: 3 }, some), "first 0,1; start 2,3,4; max_events 5")
  })
})

describe("change", () => {
  const events = (...values: ReadonlyArray<string | null>) => values.map((a, i) => at(i, { a }))

  it.each<[string, ReadonlyArray<string | null>, "keep" | "split", string]>([
    ["null neither changes nor clears", ["x", null, "x", null, "y", null], "keep", "first 0,1,2,3; change:a 4,5"],
    ["the first value in a session is no change", [null, null, "x", "y"], "keep", "first 0,1,2; change:a 3"],
    ["from_null: split makes it one", [null, null, "x", null, "x"], "split", "first 0,1; change:a 2,3,4"],
    ["from_null: split needs an event without a value before it", ["x", "x", "y"], "split", "first 0,1; change:a 2"],
    ["there and back is two changes", ["x", "y", "x"], "keep", "first 0; change:a 1; change:a 2"]
  ])("%s", (_, values, fromNull, expected) => {
    assert.strictEqual(cut({ change: ["a"], fromNull }, events(...values)), expected)
  })

  it("forgets the last value at every cut", () => {
    const some = [at(0, { a: "x" }), at(1, { start }), at(2, { a: "y" }), at(3, { a: "x" })]
    assert.strictEqual(cut({ start, change: ["a"] }, some), "first 0; start 1,2; change:a 3")
    assert.strictEqual(
      cut({ start, change: ["a"], fromNull: "split" }, some),
      "first 0; start 1; change:a 2; change:a 3"
    )
  })

  it("of the first column in the list gives the cause; numbers compare by value, -1 too", () => {
    const some = [at(0, { a: "x", n: -1 }), at(1, { a: "y", n: 0 }), at(2, { n: -1 }), at(3, { n: -1 })]
    assert.strictEqual(cut({ change: ["a", "n"] }, some), "first 0; change:a 1; change:n 2,3")
    assert.strictEqual(cut({ change: ["n", "a"] }, some), "first 0; change:n 1; change:n 2,3")
  })
})

describe("midnight", () => {
  const times = (...texts: ReadonlyArray<string>) => texts.map((text) => at(text))

  it.each<[string, string, ReadonlyArray<string>, string]>([
    ["UTC", "UTC", ["2024-07-09T23:59:59.999999Z", "2024-07-10T00:00:00Z"], "first 0; midnight 1"],
    ["a zone ahead", "Europe/Berlin", ["2024-07-09T21:59:59.999999Z", "2024-07-09T22:00:00Z"], "first 0; midnight 1"],
    ["no midnight there", "Europe/Berlin", ["2024-07-09T23:59:59Z", "2024-07-10T00:00:00Z"], "first 0,1"],
    [
      "the night before summer time, an hour from midnight to midnight less",
      "Europe/Berlin",
      ["2024-03-30T22:59:59Z", "2024-03-30T23:00:00Z", "2024-03-31T21:59:59Z", "2024-03-31T22:00:00Z"],
      "first 0; midnight 1,2; midnight 3"
    ],
    [
      "the night after summer time",
      "Europe/Berlin",
      ["2024-10-26T21:59:59Z", "2024-10-26T22:00:00Z", "2024-10-27T22:59:59Z", "2024-10-27T23:00:00Z"],
      "first 0; midnight 1,2; midnight 3"
    ],
    [
      "a zone behind, in winter and in summer",
      "America/New_York",
      ["2024-03-10T04:59:59Z", "2024-03-10T05:00:00Z", "2024-03-11T03:59:59Z", "2024-03-11T04:00:00Z"],
      "first 0; midnight 1,2; midnight 3"
    ],
    ["before 1970", "UTC", ["1969-12-30T12:00:00Z", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"], ""]
  ])("%s", (_, midnight, texts, expected) => {
    assert.strictEqual(
      cut({ midnight }, times(...texts)),
      expected === "" ? "first 0; midnight 1; midnight 2" : expected
    )
  })
})

describe("events at one instant", () => {
  it("stand in one session without rules, in their order", () => {
    assert.strictEqual(cut({}, [at(0), at(0), at(0)]), "first 0,1,2")
  })

  it("may be of several sessions, with ids of their own", () => {
    const { ids } = cutEvents({ start }, [at(0), at(0, { start }), at(0, { start })], base)
    assert.strictEqual(new Set(ids).size, 3)
  })
})

describe("passive events", () => {
  const gap = { passive, gap: 30 * minute }
  const silent = (time: number, rest: Partial<RuleEvent> = {}) => at(time, { passive, ...rest })

  it.each<[string, Cutting, ReadonlyArray<RuleEvent>, string]>([
    ["alone are outside", gap, [silent(0), silent(1)], "outside 0,1"],
    ["before the first session are outside", gap, [silent(0), at(1), at(2)], "first 1,2; outside 0"],
    ["at its start are in it, though they stand before", gap, [silent(0), at(0)], "first 0,1"],
    ["at the end and the gap are in it", gap, [at(0), silent(30 * minute)], "first 0,1"],
    ["a microsecond later are not", gap, [at(0), silent(30 * minute + 1)], "first 0; outside 1"],
    [
      "at the end and the gap are outside with split",
      { ...gap, gapBoundary: "split" },
      [at(0), silent(30 * minute - 1), silent(30 * minute)],
      "first 0,1; outside 2"
    ],
    [
      "do not extend",
      gap,
      [at(0), silent(20 * minute), silent(40 * minute), at(45 * minute)],
      "first 0,1; gap 3; outside 2"
    ],
    [
      "neither open nor end nor change, nor count for max_events",
      { ...gap, end, start, maxEvents: 2, change: ["a"] },
      [at(0, { a: "x" }), silent(1, { end, start, a: "y" }), at(2, { a: "x" }), at(3)],
      "first 0,1,2; max_events 3"
    ],
    [
      "held by two sessions join the later",
      { ...gap, start },
      [at(0), silent(1 * second), at(2 * second, { start }), silent(3 * second)],
      "first 0,1; start 2,3"
    ],
    [
      "join the earlier where only that is still open",
      { passive, start, gap: "column" },
      [
        at(0, { gap: 60 * minute }),
        at(1 * minute, { start, gap: minute }),
        silent(2 * minute),
        silent(3 * minute),
        silent(60 * minute),
        silent(61 * minute)
      ],
      "first 0,3,4; start 1,2; outside 5"
    ],
    [
      "without a gap join the session that started last",
      { passive, start },
      [silent(0), at(1), silent(2), at(3, { start }), silent(99 * minute)],
      "first 1,2; start 3,4; outside 0"
    ],
    [
      "after an event that ended the session join it within the gap all the same",
      { ...gap, end },
      [at(0), at(1, { end }), silent(2), at(3)],
      "first 0,1,2; end 3"
    ]
  ])("%s", (_, cutting, events, expected) => {
    assert.strictEqual(cut(cutting, events), expected)
  })

  it("change neither start nor end nor number, and are counted", () => {
    const [session] = cutEvents(gap, [silent(5), at(5), at(7), silent(9)], base).table
    assert.deepStrictEqual(
      [session.session_start, session.session_end, session.session_duration_sec, session.event_count],
      ["2024-07-10T00:00:00.000005Z", "2024-07-10T00:00:00.000007Z", 0.000002, 4]
    )
  })

  it("have no session id where they are outside", () => {
    const { ids, sessions } = cutEvents(gap, [silent(0), at(1)], base)
    assert.deepStrictEqual(ids, [null, sessions[0].id])
  })

  it("are not passive for null", () => {
    assert.strictEqual(cut(gap, [at(0, { passive: null })]), "first 0")
  })
})

describe("by a column of given ids", () => {
  const by = "given"
  const given = (time: number, id: string | null, rest: Partial<RuleEvent> = {}) => at(time, { given: id, ...rest })

  it("makes one session of a user and id, whatever comes between", () => {
    const events = [given(0, "1"), given(1, "2"), given(2, "1"), { ...given(3, "1"), user: "v" }]
    const { sessions, table } = cutEvents({ by }, events, base)
    assert.deepStrictEqual(
      sessions.map(({ user, id, number, cause, events }) => [user, id, number, cause, events]),
      [
        ["u", "1", 1, "first", [0, 2]],
        ["u", "2", 2, "by", [1]],
        ["v", "1", 1, "first", [3]]
      ]
    )
    assert.deepStrictEqual(
      table.map((row) => [row.previous_session_end, row.next_session_start]),
      [
        [null, "2024-07-10T00:00:00.000001Z"],
        ["2024-07-10T00:00:00.000002Z", null],
        [null, null]
      ]
    )
  })

  it("is not cut by any rule", () => {
    const events = [
      given(0, "1", { end, a: "x" }),
      given(99 * minute, "1", { start, a: "y" }),
      given(3000 * minute, "1")
    ]
    const cutting = {
      by,
      end,
      start,
      gap: minute,
      maxDuration: 0,
      maxEvents: 1,
      change: ["a"],
      midnight: "UTC"
    } as const
    assert.strictEqual(cut(cutting, events), "first 0,1,2")
  })

  it("leaves events without an id to the rules, which do not see the others", () => {
    const events = [
      given(0, "1"),
      given(1 * minute, null),
      given(20 * minute, "1", { end }),
      given(25 * minute, null),
      given(60 * minute, null)
    ]
    assert.strictEqual(cut({ by, end, gap: 30 * minute }, events), "first 0,2; first 1,3; gap 4")
  })

  it("numbers further sessions of one start apart from given ones", () => {
    const events = [given(0, null), given(0, "1"), given(0, null, { start })]
    const plain = cutEvents({ start }, [at(0), at(0, { start })], base).sessions.map(({ id }) => id)
    const { sessions } = cutEvents({ by, start }, events, base)
    assert.deepStrictEqual(
      sessions.map(({ id }) => id),
      [plain[0], "1", plain[1]]
    )
  })

  it("takes a column of any type, and its text for the id", () => {
    const { sessions } = cutEvents({ by: "n" }, [at(0, { n: -1 }), at(1, { n: 7 }), at(2, { n: -1 })], base)
    assert.deepStrictEqual(
      sessions.map(({ id, events }) => [id, events]),
      [
        ["-1", [0, 2]],
        ["7", [1]]
      ]
    )
  })

  it("lets a passive event join the session of its id, and one without an id any", () => {
    const cutting: Cutting = { by, passive, gap: 10 }
    const events = [
      given(0, "1"),
      given(1, "2"),
      given(2, "1", { passive }),
      given(3, null, { passive }),
      given(4, "3", { passive }),
      given(9, "2"),
      given(15, "1", { passive }),
      given(15, null, { passive })
    ]
    assert.strictEqual(cut(cutting, events), "first 0,2; by 1,3,5,7; outside 4,6")
  })
})

describe("is_open", () => {
  const open = (cutting: Cutting, events: ReadonlyArray<RuleEvent>, asOf: number) =>
    cutEvents(cutting, events, base + asOf).sessions.map((session) => session.open)

  it.each<[string, Cutting, ReadonlyArray<RuleEvent>, number, boolean]>([
    ["at end and gap", { gap: 5 }, [at(0), at(2)], 7, true],
    ["a microsecond later", { gap: 5 }, [at(0), at(2)], 8, false],
    ["at end and gap with split, too", { gap: 5, gapBoundary: "split" }, [at(2)], 7, true],
    ["without a gap", { start }, [at(0)], 1e12, true],
    ["after an event that ended it", { end }, [at(0), at(1, { end })], 1, false],
    ["after an event that ended it, within the gap", { end, gap: 5 }, [at(1, { end })], 1, false],
    [
      "after an event that would have ended another",
      { end, by: "given", gap: 5 },
      [at(1, { end, given: "1" })],
      6,
      true
    ],
    ["until the largest time and gap", { gap: "column" }, [at(0, { gap: 9 }), at(1, { gap: 2 })], 9, true],
    ["and no longer", { gap: "column" }, [at(0, { gap: 9 }), at(1, { gap: 2 })], 10, false],
    ["whatever passive events say", { passive, end, gap: 5 }, [at(0), at(1, { passive, end })], 5, true],
    ["which extend nothing", { passive, gap: 5 }, [at(0), at(1, { passive })], 6, false]
  ])("%s", (_, cutting, events, asOf, expected) => {
    assert.deepStrictEqual(open(cutting, events, asOf), [expected])
  })
})
