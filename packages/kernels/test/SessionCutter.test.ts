import { assert, describe, it } from "@effect/vitest"
import { makeKernels } from "../src/Kernels.ts"
import { SessionCutter } from "../src/SessionCutter.ts"
import { Random } from "./Random.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly")

interface Event {
  readonly user: number
  readonly time: number
  readonly place: number
  readonly run: number
  readonly codes: ReadonlyArray<number>
}

const words = (values: ReadonlyArray<number>): Int32Array => new Int32Array(BigInt64Array.from(values, BigInt).buffer)

/** Events as runs: sorted by user, time and place, with the stretches of each user. */
const runsOf = (events: ReadonlyArray<Event>, users: number, runs: number) => {
  const sorted = Array.from({ length: runs }, (_, run) =>
    events
      .filter((event) => event.run === run)
      .toSorted((a, b) => a.user - b.user || a.time - b.time || a.place - b.place)
  )
  const stretches = {
    ends: [] as Array<number>,
    runs: [] as Array<number>,
    froms: [] as Array<number>,
    tos: [] as Array<number>
  }
  for (let user = 0; user < users; user++) {
    for (const [run, rows] of sorted.entries()) {
      const from = rows.findIndex((event) => event.user === user)
      if (from < 0) continue
      stretches.runs.push(run)
      stretches.froms.push(from)
      stretches.tos.push(rows.findLastIndex((event) => event.user === user) + 1)
    }
    stretches.ends.push(stretches.runs.length)
  }
  const slices = sorted.map((rows) => ({
    times: words(rows.map(({ time }) => time)),
    places: words(rows.map(({ place }) => place)),
    columns: [0, 1].map((column) => Int32Array.from(rows, ({ codes }) => codes[column]))
  }))
  return {
    slices,
    stretches: {
      ends: Int32Array.from(stretches.ends),
      runs: Int32Array.from(stretches.runs),
      froms: Int32Array.from(stretches.froms),
      tos: Int32Array.from(stretches.tos)
    }
  }
}

/** The plain way: a walk over each user's events, one object a session. The first column is the key. */
const plain = (events: ReadonlyArray<Event>, users: number, dedupes: boolean, gap: number, splits: boolean) => {
  const sessions: Array<{ user: number; start: number; end: number; events: number }> = []
  const counts = { unique: 0, duplicates: 0, conflicting: 0, ties: 0 }
  const userEvents: Array<number> = []
  for (let user = 0; user < users; user++) {
    const kept: Array<Event> = []
    const own = events.filter((event) => event.user === user).toSorted((a, b) => a.time - b.time || a.place - b.place)
    for (const event of own) {
      const first = kept.find(
        ({ codes, time }) => dedupes && time === event.time && codes[0] === event.codes[0] && codes[0] >= 0
      )
      if (first !== undefined) {
        counts.duplicates++
        if (first.codes[1] !== event.codes[1]) counts.conflicting++
        continue
      }
      const previous = kept.at(-1)
      if (previous?.time === event.time) counts.ties++
      const passed = previous === undefined ? Infinity : event.time - previous.time
      const session = sessions.at(-1)
      if (session === undefined || previous === undefined || passed > gap || (splits && passed === gap)) {
        sessions.push({ user, start: event.time, end: event.time, events: 1 })
      } else {
        session.end = event.time
        session.events++
      }
      kept.push(event)
    }
    counts.unique += kept.length
    userEvents.push(kept.length)
  }
  return { ...counts, sessions, userEvents }
}

const times = (lanes: Int32Array): ReadonlyArray<number> => [...new BigInt64Array(lanes.slice().buffer)].map(Number)

describe("SessionCutter", () => {
  it("agrees with a plain walk on random events of several runs, with and without a key and a gap", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const generator = new Random(seed)
      const random = (below: number) => generator.int(below)
      const users = 1 + random(6)
      const runs = 1 + random(4)
      const spread = 1 + random(40)
      const events = Array.from({ length: random(120) }, (_, place): Event => ({
        user: random(users),
        time: (random(2) === 0 ? -5e14 : 1.7e15) + random(spread),
        place: place + random(2) * 2 ** 33,
        run: random(runs),
        codes: [random(4) - 1, random(3) - 1]
      }))
      const gap = random(5) === 0 ? Infinity : random(6)
      const dedupes = random(3) > 0
      const splits = random(2) === 0
      const { slices, stretches } = runsOf(events, users, runs)
      const cutter = new SessionCutter(kernels, { key: dedupes ? [true, false] : undefined, gap, splits })
      const cut = cutter.cut(slices, stretches)
      const expected = plain(events, users, dedupes, gap, splits)
      // More than 32 events of a user at one instant are left to the caller.
      const isCrowded = events.some(
        (event) => events.filter(({ time, user }) => user === event.user && time === event.time).length > 33
      )
      if (cut === undefined) {
        assert.isTrue(isCrowded, `seed ${seed}`)
        continue
      }
      const spans = times(cut.times)
      const found = Array.from({ length: cut.sessions }, (_, i) => ({
        user: cut.users[2 * i],
        start: spans[2 * i],
        end: spans[2 * i + 1],
        events: cut.offsets[i + 1] - cut.offsets[i]
      }))
      assert.deepStrictEqual(found, expected.sessions, `seed ${seed}`)
      assert.isTrue(found.every(({ user }, i) => user === cut.users[2 * i + 1]))
      assert.strictEqual(cut.offsets[0], 0)
      if (found.length > 0) {
        assert.strictEqual(found[cut.earliest].start, Math.min(...found.map(({ start }) => start)))
        assert.strictEqual(found[cut.latest].end, Math.max(...found.map(({ end }) => end)))
      }
      const { conflicting, duplicates, ties, unique, userEvents } = cut
      assert.deepStrictEqual(
        { conflicting, duplicates, ties, unique, userEvents: [...userEvents] },
        {
          conflicting: expected.conflicting,
          duplicates: expected.duplicates,
          ties: expected.ties,
          unique: expected.unique,
          userEvents: expected.userEvents
        },
        `seed ${seed}`
      )
    }
  })

  it("leaves a user with very many events at one instant to the caller", () => {
    const crowd = (count: number) =>
      Array.from({ length: count }, (_, place): Event => ({ user: 0, time: 7, place, run: 0, codes: [place, 0] }))
    const cutter = new SessionCutter(kernels, { key: [true, false], gap: 5, splits: false })
    const cut = (count: number) => {
      const { slices, stretches } = runsOf(crowd(count), 1, 1)
      return cutter.cut(slices, stretches)
    }
    assert.strictEqual(cut(33)?.unique, 33)
    assert.isUndefined(cut(34))
  })
})
