import { assert, describe, it } from "@effect/vitest"
import { bestChain, type Step } from "../../support/funnelOracle.ts"
import type { PlainRow } from "../../support/plain.ts"
import { Random } from "../../support/random.ts"
import { runSpec } from "../../support/runSpec.ts"
import type { Row } from "../../support/records.ts"

const at = (minute: number): string => new Date(Date.UTC(2024, 6, 10, 0, minute)).toISOString().replace(".000", "")

/** Events of a few users in sessions that overlap, many at one instant. */
const randomRows = (random: Random): ReadonlyArray<Row> =>
  Array.from({ length: random.int(40) }, (_, i) => ({
    id: `e${i}`,
    u: random.pick(["10", "9", "b"]),
    t: at(random.int(10)),
    kind: random.pick(["view", "cart", "buy", "tick"]),
    n: random.int(4),
    sid: random.pick(["x", "y", "z"])
  }))

const event = `event: { id: id, user: u, time: t, type: kind, columns: { n: "n::int64", sid: sid } }
sessions: { by: sid }
`

const steps: Readonly<Record<string, readonly [text: string, holds: (row: PlainRow) => boolean]>> = {
  look: ["kind = 'view'", ({ kind }) => kind === "view"],
  "put in": ["kind = 'cart' or n = 3", ({ kind, n }) => kind === "cart" || n === 3],
  pay: ["kind = 'buy'", ({ kind }) => kind === "buy"]
}

const minutesOf = (row: PlainRow): number => Date.parse(String(row.t)) / 60_000

const median = (values: ReadonlyArray<number>): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return sorted.length === 0 ? null : (sorted[Math.floor(half)] + sorted[Math.ceil(half) - 1]) / 2
}

interface Asked {
  readonly within: "user" | "session"
  readonly window: number | null
  readonly order: "any_between" | "strict"
  readonly where: string | undefined
}

/** What a plain program makes of the table of events. */
const expected = (events: ReadonlyArray<PlainRow>, { order, where, window, within }: Asked) => {
  const names = Object.keys(steps)
  const groups = Map.groupBy(
    events.filter(({ n }) => where === undefined || n !== 0),
    (row) => JSON.stringify(within === "user" ? [row.u] : [row.u, row.session_id])
  )
  const all = [...groups.values()].flatMap((rows) => {
    const seen = rows.map((row): Step & { readonly row: PlainRow } => ({
      row,
      time: minutesOf(row),
      serves: names.map((name) => steps[name][1](row))
    }))
    const times = bestChain(seen, { steps: names.length, window, strict: order === "strict" })
    const first = seen.find(({ serves, time }) => serves[0] && time === times[0])
    return first === undefined ? [] : [{ first: first.row, times }]
  })
  const chains = all.toSorted((a, b) => events.indexOf(a.first) - events.indexOf(b.first))
  const entered = chains.map(({ first, times }) => ({
    u: first.u,
    ...(within === "session" ? { session_id: first.session_id } : {}),
    depth: times.length,
    last_step: names[times.length - 1],
    completed: times.length === names.length,
    ...Object.fromEntries(
      names.map((name, i) => [name, i < times.length ? at(times[i] - minutesOf({ t: at(0) })) : null])
    ),
    twice: Number(first.n) * 2
  }))
  const counts = names.map((_, i) => chains.filter(({ times }) => times.length > i).length)
  const rows = names.map((name, i) => ({
    step: i + 1,
    name,
    count: counts[i],
    rate_of_first: counts[0] === 0 ? null : counts[i] / counts[0],
    rate_of_previous: i === 0 || counts[i - 1] === 0 ? null : counts[i] / counts[i - 1],
    dropped: i + 1 === names.length ? 0 : counts[i] - counts[i + 1],
    median_sec: median(
      chains.flatMap(({ times }) => (i > 0 && times.length > i ? [60 * (times[i] - times[i - 1])] : []))
    )
  }))
  return { entered, rows }
}

const specOf = ({ order, where, window, within }: Asked): string =>
  `${event}tables:
  f:
    funnel:
      steps: { ${Object.entries(steps)
        .map(([name, [text]]) => `${name}: "${text}"`)
        .join()} }
      within: ${within}
      order: ${order}
      ${window === null ? "" : `window: ${window}m`}
      ${where === undefined ? "" : `where: ${where}`}
      columns: { twice: n * 2 }
  dropped: { from: f_entered, where: not completed, by: [last_step], columns: { users: count(distinct u) } }
  worst: { from: f, columns: { most: max(dropped) } }
`

describe("the tables of a funnel", () => {
  it("are what a plain program makes of the events, for blocks of any size", () => {
    let completed = 0
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const asked: Asked = {
        within: random.pick(["user", "session"]),
        window: random.pick([null, 0, 1, 3]),
        order: random.pick(["any_between", "any_between", "strict"]),
        where: random.pick([undefined, "n > 0"])
      }
      const rows = randomRows(random)
      const few = asked.order === "strict" ? rows.slice(0, 14) : rows
      const { table } = runSpec(specOf(asked), few, { blockRows: random.pick([1, 6, Infinity]) })
      const { entered, rows: counted } = expected(table("events"), asked)
      const about = `seed ${seed} ${JSON.stringify(asked)}`
      assert.deepStrictEqual(table("f_entered"), entered, about)
      assert.deepStrictEqual(table("f"), counted, about)
      const dropped = table("dropped").reduce((total, { users }) => total + Number(users), 0)
      if (asked.within === "user") assert.strictEqual(dropped, entered.filter((one) => !one.completed).length)
      assert.deepStrictEqual(table("worst"), [{ most: Math.max(...counted.map((one) => one.dropped)) }])
      completed += entered.filter((one) => one.completed).length
    }
    assert.isAbove(completed, 50)
  })

  it("count each user or session once, whatever comes again", () => {
    const spec = specOf({ within: "user", window: 5, order: "any_between", where: undefined })
    const rows = ["view", "view", "cart", "cart", "buy", "buy"].map((kind, i) => ({
      id: i,
      u: "a",
      t: at(i),
      kind,
      n: 1,
      sid: "x"
    }))
    const { table } = runSpec(spec, rows)
    assert.deepStrictEqual(
      table("f").map(({ count, median_sec, name }) => [name, count, median_sec]),
      [
        ["look", 1, null],
        ["put in", 1, 60],
        ["pay", 1, 120]
      ]
    )
  })

  it("have all steps, and no rates, where there are no events", () => {
    const { table } = runSpec(specOf({ within: "session", window: null, order: "strict", where: undefined }), [])
    assert.deepStrictEqual(table("f_entered"), [])
    assert.deepStrictEqual(table("f")[1], {
      step: 2,
      name: "put in",
      count: 0,
      rate_of_first: null,
      rate_of_previous: null,
      dropped: 0,
      median_sec: null
    })
  })

  it("name the place of an expression that has no value", () => {
    const body = `${event}tables: { f: { funnel: { steps: { a: "sid::int64 > 1", b: n = 1 } } } }`
    const row = { id: 1, u: "a", t: at(0), kind: "view", n: 1, sid: "x" }
    assert.throws(() => runSpec(body, [row]).table("f"), /^tables\.f\.funnel\.steps\.a: /)
  })
})
