import { assert, describe, it } from "@effect/vitest"
import { makeKernels } from "../src/Kernels.ts"
import { type RunCodes, type RunPart, SessionCutter } from "../src/SessionCutter.ts"
import { Random } from "./Random.ts"
import { compareUsers, textsOf } from "./texts.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly")

interface Event {
  readonly user: number
  readonly time: number
  readonly place: number
  readonly run: number
  readonly codes: ReadonlyArray<number>
}

const words = (values: ReadonlyArray<number>): Int32Array => new Int32Array(BigInt64Array.from(values, BigInt).buffer)

/** Names in the order of users. */
const names =
  "-123456789012345678901 -7 0 5 10 9223372036854775808  a a\0 ab é user-abc user-abcd user-abcdefghijklmnop"
    .split(" ")
    .concat("user-abcdefghijklmnoq")
    .map((name) => Buffer.from(name))
    .toSorted(compareUsers)

/** Codes as they are, or in an order of the run's own, with what they mean. */
const coded = (values: ReadonlyArray<number>, random: Random): RunCodes => {
  if (random.int(2) === 0) return { codes: Int32Array.from(values), meanings: undefined }
  const meanings = Int32Array.from({ length: 8 }, (_, i) => (5 * i + 3) % 8)
  return { codes: Int32Array.from(values, (value) => (value < 0 ? -1 : meanings.indexOf(value))), meanings }
}

/** Of what names it is to be told: those of one byte, a digit, and of three that begin with an a. */
const told = new Int32Array(256)
for (let digit = 0x30; digit <= 0x39; digit++) told[digit] = 1 << 1
told[0x61] = 1 << 3
const isTold = (name: string): boolean => /^(?:[0-9]|a..)$/s.test(name)

/** The events of a run, sorted by user, time and place, as parts of whole users. */
const partsOf = (rows: ReadonlyArray<Event>, random: Random): ReadonlyArray<RunPart> => {
  const sorted = rows.toSorted((a, b) => a.user - b.user || a.time - b.time || a.place - b.place)
  const users = [...new Set(sorted.map(({ user }) => user))]
  const { bytes, offsets } = textsOf(users.map((user) => names[user]))
  const ends = Int32Array.from(users, (user) => sorted.findLastIndex((event) => event.user === user) + 1)
  const parts: Array<RunPart> = []
  for (let from = 0; from < users.length;) {
    const until = Math.min(users.length, from + 1 + random.int(random.int(2) === 0 ? 3 : 100))
    const firstRow = from === 0 ? 0 : ends[from - 1]
    const own = sorted.slice(firstRow, ends[until - 1])
    parts.push({
      offsets: offsets.subarray(from, until + 1),
      names: bytes.subarray(offsets[from], offsets[until]),
      ends: ends.subarray(from, until),
      firstRow,
      times: words(own.map(({ time }) => time)),
      places: words(own.map(({ place }) => place)),
      columns: [0, 1].map((column) =>
        coded(
          own.map(({ codes }) => codes[column]),
          random
        )
      ),
      hasMore: until < users.length
    })
    from = until
  }
  return parts
}

/** What is left of a part after some users. */
const rest = (part: RunPart, users: number): RunPart => {
  if (users === 0) return part
  const firstRow = part.ends[users - 1]
  const row = firstRow - part.firstRow
  return {
    ...part,
    offsets: part.offsets.subarray(users),
    names: part.names.subarray(part.offsets[users] - part.offsets[0]),
    ends: part.ends.subarray(users),
    firstRow,
    times: part.times.subarray(row * 2),
    places: part.places.subarray(row * 2),
    columns: part.columns.map(({ codes, meanings }) => ({ codes: codes.subarray(row), meanings }))
  }
}

/** Cuts runs part by part; undefined if the cutter leaves some users to the caller. */
const cutAll = (cutter: SessionCutter, runs: ReadonlyArray<ReadonlyArray<RunPart>>) => {
  const left = runs.filter((parts) => parts.length > 0).map((parts) => [...parts])
  const all = { unique: 0, duplicates: 0, conflicting: 0, ties: 0, accepted: 0, broken: 0 }
  const sessions: Array<{ user: number; start: number; end: number; events: number }> = []
  const users: Array<string> = []
  const userEvents: Array<number> = []
  while (left.length > 0) {
    const cut = cutter.cut(left.map(([part]) => part))
    if (cut === undefined) return undefined
    for (const key of Object.keys(all) as Array<keyof typeof all>) all[key] += cut[key]
    for (const [i, code] of cut.codes.entries()) {
      const events = cut.offsets[i + 1] - cut.offsets[i]
      sessions.push({ user: users.length + code, start: Number(cut.starts[i]), end: Number(cut.ends[i]), events })
    }
    assert.strictEqual(cut.offsets[0], 0)
    if (cut.codes.length > 0) {
      assert.strictEqual(cut.starts[cut.earliest], cut.starts.toSorted()[0])
      assert.strictEqual(cut.ends[cut.latest], cut.ends.toSorted().at(-1))
    }
    const { bytes, offsets, size } = cut.users
    for (let i = 0; i < size; i++)
      users.push(Buffer.from(bytes.subarray(offsets[i], offsets[i + 1])).toString("latin1"))
    const own = users.slice(userEvents.length)
    assert.deepStrictEqual(
      [...cut.likely].map((user) => own[user]),
      own.filter(isTold)
    )
    userEvents.push(...cut.userEvents)
    assert.strictEqual(cut.mostEvents, Math.max(...cut.userEvents))
    for (let i = left.length - 1; i >= 0; i--) {
      const [part] = left[i]
      if (cut.taken[i] < part.ends.length) left[i][0] = rest(part, cut.taken[i])
      else left[i].shift()
      if (left[i].length === 0) left.splice(i, 1)
    }
  }
  return { ...all, sessions, users, userEvents }
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

describe("SessionCutter", () => {
  it("agrees with a plain walk on random events of several runs in parts, with and without a key and a gap", () => {
    for (let seed = 1; seed <= 600; seed++) {
      const random = new Random(seed)
      const own = names.filter(() => random.int(3) > 0)
      const users = own.map((name) => names.indexOf(name))
      if (users.length === 0) continue
      const spread = 1 + random.int(40)
      const count = random.int(120)
      const events = Array.from({ length: count }, (_, place): Event => ({
        user: random.pick(users),
        time: (random.int(2) === 0 ? -5e14 : 1.7e15) + random.int(spread),
        place: place + random.int(2) * 2 ** 33,
        run: random.int(4),
        codes: [random.int(4) - 1, random.int(3) - 1]
      }))
      const gap = random.int(5) === 0 ? Infinity : random.int(6)
      const dedupes = random.int(3) > 0
      const splits = random.int(2) === 0
      const cutter = new SessionCutter(kernels, {
        key: dedupes ? [true, false] : undefined,
        gap,
        splits,
        lengths: told
      })
      const runs = [0, 1, 2, 3].map((run) =>
        partsOf(
          events.filter((event) => event.run === run),
          random
        )
      )
      const cut = cutAll(cutter, runs)
      // More than 32 events of a user at one instant are left to the caller.
      const isCrowded = events.some(
        (event) => events.filter(({ time, user }) => user === event.user && time === event.time).length > 33
      )
      if (cut === undefined) {
        assert.isTrue(isCrowded && dedupes, `seed ${seed}`)
        continue
      }
      const present = [...new Set(events.map(({ user }) => user))].toSorted((a, b) => a - b)
      const numbered = events.map((event) => ({ ...event, user: present.indexOf(event.user) }))
      const expected = plain(numbered, present.length, dedupes, gap, splits)
      assert.deepStrictEqual(
        cut,
        { ...expected, accepted: count, broken: 0, users: present.map((user) => names[user].toString("latin1")) },
        `seed ${seed}`
      )
      const durations = expected.sessions.map(({ end, start }) => end - start).toSorted((a, b) => a - b)
      assert.deepStrictEqual(
        durationsOf(cutter),
        durations.map((duration) => durations.find((other) => stepOf(other) === stepOf(duration)) ?? -1),
        `seed ${seed}`
      )
    }
  })

  it("counts durations in steps under one part in 16,000, each known by the least", () => {
    const cutter = new SessionCutter(kernels, { key: undefined, gap: Infinity, splits: false, lengths: told })
    const lengths = [
      0,
      1,
      2 ** 14,
      2 ** 14 + 1,
      2 ** 15 - 1,
      2 ** 15,
      2 ** 15 + 1,
      2 ** 40,
      2 ** 40 + 2 ** 20,
      2 ** 52 - 1
    ]
    for (const length of lengths) {
      const events = [0, length].map((time, place): Event => ({ user: 0, time, place, run: 0, codes: [0, 0] }))
      cutter.cut(partsOf(events, new Random(1)))
    }
    const { counts, least, pages, steps } = cutter.durations()
    assert.deepStrictEqual(
      [...least],
      [...new Set([0, 1, 2 ** 14, 2 ** 14 + 1, 2 ** 15 - 1, 2 ** 15, 2 ** 40, 2 ** 52 - 1])]
    )
    assert.deepStrictEqual([...counts], [1, 1, 1, 1, 1, 2, 2, 1])
    assert.deepStrictEqual([...pages], [0, 0, 0, 0, 0, 1, 26, 37])
    assert.deepStrictEqual([...steps].slice(0, 7), [0, 1, 2 ** 14, 2 ** 14 + 1, 2 ** 15 - 1, 2 ** 14, 2 ** 14])
  })

  it("cuts nowhere without a gap, be it thousands of years", () => {
    const events = [-6.2e16, 2.5e17].map((time, place): Event => ({ user: 0, time, place, run: 0, codes: [0, 0] }))
    const cut = (gap: number) =>
      new SessionCutter(kernels, { key: [true, false], gap, splits: false, lengths: told }).cut(
        partsOf(events, new Random(1))
      )
    assert.strictEqual(cut(Infinity)?.codes.length, 1)
    assert.strictEqual(cut(Number.MAX_SAFE_INTEGER)?.codes.length, 2)
  })

  it("leaves a user with very many events at one instant to the caller", () => {
    const crowd = (count: number) =>
      Array.from({ length: count }, (_, place): Event => ({ user: 0, time: 7, place, run: 0, codes: [place, 0] }))
    const cutter = new SessionCutter(kernels, { key: [true, false], gap: 5, splits: false, lengths: told })
    const cut = (count: number) => cutter.cut(partsOf(crowd(count), new Random(1)))
    assert.strictEqual(cut(33)?.unique, 33)
    assert.isUndefined(cut(34))
    assert.deepStrictEqual(durationsOf(cutter), [0])
    // Where nothing is a duplicate there is nothing to compare.
    const keyless = new SessionCutter(kernels, { key: undefined, gap: 5, splits: false, lengths: told })
    assert.strictEqual(keyless.cut(partsOf(crowd(34), new Random(1)))?.unique, 34)
  })
})

/** The step that a duration is counted in: its 15 highest bits. */
const stepOf = (micros: number): number => {
  let width = 1
  while (micros >= 2 ** 15 * width) width *= 2
  return Math.floor(micros / width) * width
}

/** All durations, where those of a step are equal. */
const durationsOf = (cutter: SessionCutter): ReadonlyArray<number> => {
  const { counts, least } = cutter.durations()
  return [...least].flatMap((duration, i) => Array<number>(counts[i]).fill(duration))
}
