import { assert, describe, it } from "@effect/vitest"
import { ExpressionFailed } from "../../src/engine/Expressions.ts"
import type { Table as TableSpec } from "../../src/spec/Table.ts"
import { measuredBatch, measuredColumns, type MeasuredRow, measuredRows } from "../support/measureOracle.ts"
import { type Plain, type PlainRow, plainRows } from "../support/plain.ts"
import { tablePlan, tableRows } from "../support/planned.ts"
import { Random } from "../support/random.ts"
import { runSpec } from "../support/runSpec.ts"
import { column, tableOf } from "../support/table.ts"

const batchOf = (rows: ReadonlyArray<MeasuredRow>) => tableOf(measuredBatch(rows))

/** Batches of whole users, as the engine makes them. */
const byUsers = (random: Random, rows: ReadonlyArray<MeasuredRow>): ReadonlyArray<ReadonlyArray<MeasuredRow>> => {
  const batches: Array<Array<MeasuredRow>> = [[]]
  for (const [i, row] of rows.entries()) {
    if (row.user !== rows[i - 1]?.user && random.int(2) === 0) batches.push([])
    batches[batches.length - 1].push(row)
  }
  return batches
}

/** Nulls first; users as users are ordered. */
const compare = (name: string, a: Plain, b: Plain): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (typeof a !== "string" || typeof b !== "string") return Number(a) - Number(b)
  const integers = [a, b].map((text) => name === "user" && /^\d+$/.test(text))
  if (integers[0] && integers[1]) return Number(a) - Number(b)
  return Number(integers[1]) - Number(integers[0]) || Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const ordered = (rows: ReadonlyArray<PlainRow>, order: ReadonlyArray<string>): ReadonlyArray<PlainRow> =>
  rows.toSorted((a, b) =>
    order.reduce((difference, text) => {
      const name = text.replace(/ desc$/, "")
      return difference || (name === text ? 1 : -1) * compare(name, a[name], b[name])
    }, 0)
  )

const number = (value: bigint | null): number | null => (value === null ? null : Number(value))

const wheres: ReadonlyArray<readonly [string | undefined, (row: MeasuredRow) => boolean]> = [
  [undefined, () => true],
  ["i > 0", ({ i }) => i !== null && i > 0n],
  ["x is null or f", ({ f, x }) => x === null || f === true],
  ["false", () => false]
]

const keys: ReadonlyArray<readonly [TableSpec["by"], ReadonlyArray<readonly [string, (row: MeasuredRow) => Plain]>]> = [
  [[], []],
  [["g"], [["g", ({ g }) => g]]],
  [
    ["user", "k"],
    [
      ["user", ({ user }) => user],
      ["k", ({ k }) => number(k)]
    ]
  ],
  [
    [{ half: "k % 2", "x?": "x is null" }],
    [
      ["half", ({ k }) => (k === null ? null : Number(k % 2n))],
      ["x?", ({ x }) => x === null]
    ]
  ],
  [["coalesce(g, '-')"], [["coalesce(g, '-')", ({ g }) => g ?? "-"]]],
  [
    ["f", "d", "g"],
    [
      ["f", ({ f }) => f],
      ["d", ({ d }) => d],
      ["g", ({ g }) => g]
    ]
  ]
]

const havings: ReadonlyArray<
  readonly [string | undefined, (row: PlainRow, group: ReadonlyArray<MeasuredRow>) => boolean]
> = [
  [undefined, () => true],
  ["n > 1", ({ n }) => Number(n) > 1],
  ["count(x) > 1 and n < 9", ({ n }, group) => group.filter(({ x }) => x !== null).length > 1 && Number(n) < 9]
]

const orders: ReadonlyArray<ReadonlyArray<string>> = [[], ["n desc"], ["m", "n desc"]]

const maxText = (group: ReadonlyArray<MeasuredRow>): Plain => {
  const texts = group.flatMap(({ x }) => (x === null ? [] : [x]))
  return texts.toSorted((a, b) => compare("x", b, a))[0] ?? null
}

describe("a table of groups", () => {
  it("is what a naive program makes of where, by, having, order and limit, however its rows come", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const rows = measuredRows(random, 40)
      const [where, holds] = random.pick(wheres)
      const [by, key] = random.pick(keys)
      const [having, has] = random.pick(havings)
      const order = random.pick(orders)
      const limit = random.pick([undefined, 1, 3])
      const spec = {
        by,
        order,
        columns: { n: "count(*)", m: "max(x)", mean: "round(sum(k) / count(*), 2)" },
        ...(where === undefined ? {} : { where }),
        ...(having === undefined ? {} : { having }),
        ...(limit === undefined ? {} : { limit })
      }

      const groups = new Map<string, Array<MeasuredRow>>()
      if (by.length === 0) groups.set("[]", [])
      for (const row of rows.filter(holds)) {
        const name = JSON.stringify(key.map(([, valueOf]) => valueOf(row)))
        groups.set(name, [...(groups.get(name) ?? []), row])
      }
      const made = [...groups.values()].flatMap((group): ReadonlyArray<PlainRow> => {
        const numbers = group.flatMap(({ k }) => (k === null ? [] : [Number(k)]))
        const sum = numbers.reduce((total, one) => total + one, 0)
        const row: PlainRow = {
          ...Object.fromEntries(key.map(([name, valueOf]) => [name, valueOf(group[0])])),
          n: group.length,
          m: maxText(group),
          mean: numbers.length === 0 ? null : Math.sign(sum) * (Math.round((Math.abs(sum) / group.length) * 100) / 100)
        }
        return has(row, group) ? [row] : []
      })
      const expected = ordered(made, [...order, ...key.map(([name]) => name)]).slice(0, limit)

      const plan = tablePlan(measuredColumns, spec)
      for (const batches of [[rows], byUsers(random, rows), rows.map((row) => [row])]) {
        const found = tableRows(plan, batches.length === 0 ? [batchOf([])] : batches.map(batchOf))
        assert.deepEqual(found, expected, `seed ${seed} ${JSON.stringify(spec)}`)
      }
    }
  })

  it("has keys in their order, nulls first, each by its type", () => {
    const columns = [
      { name: "text", type: "text" },
      { name: "time", type: "timestamp" }
    ] as const
    const table = tableOf({
      text: column.text(["b", null, "a", "b", null, "b", "a", "b"]),
      time: column.timestamp([3n, 5n, null, -9n, 5n, 2n ** 40n, null, 3n])
    })
    assert.deepStrictEqual(
      tableRows(tablePlan(columns, { by: ["text", "time"], columns: { n: "count(*)" } }), [table]),
      [
        { text: null, time: "1970-01-01T00:00:00.000005Z", n: 2 },
        { text: "a", time: null, n: 2 },
        { text: "b", time: "1969-12-31T23:59:59.999991Z", n: 1 },
        { text: "b", time: "1970-01-01T00:00:00.000003Z", n: 2 },
        { text: "b", time: "1970-01-13T17:25:11.627776Z", n: 1 }
      ]
    )
  })

  it("may have keys of any type", () => {
    const data = {
      int64: column.int64([10n, 9n, null, 9n]),
      double: column.double([0.5, -1, null, -1]),
      date: column.date([1, -1, null, -1]),
      bool: column.bool([true, false, null, false]),
      interval: column.interval([10n, -9n, null, -9n])
    }
    const expected = {
      int64: [null, 9, 10],
      double: [null, -1, 0.5],
      date: [null, "1969-12-31", "1970-01-02"],
      bool: [null, false, true],
      interval: [null, -9, 10]
    }
    for (const type of ["int64", "double", "date", "bool", "interval"] as const) {
      const plan = tablePlan([{ name: "x", type }], { by: ["x"], columns: {} })
      assert.deepStrictEqual(
        tableRows(plan, [tableOf({ x: data[type] })]).map(({ x }) => x),
        expected[type],
        type
      )
    }
  })
})

describe("a table of rows", () => {
  it("is one row out a row in, with a look at a user's neighbours, however its rows come", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed)
      const rows = measuredRows(random, 40)
      const [where, holds] = random.pick(wheres)
      const order = random.pick([[], ["n desc", "user"], ["after", "user desc"]])
      const limit = random.pick([undefined, 1, 5])
      const plan = tablePlan(measuredColumns, {
        columns: {
          user: "user",
          n: "number()",
          after: "next(x)",
          before: "previous(k) + 1",
          twice: "k * 2",
          day: "day",
          span: "span",
          fast: "next(time) - time < interval '10s'"
        },
        order,
        ...(where === undefined ? {} : { where }),
        ...(limit === undefined ? {} : { limit })
      })
      const kept = rows.filter(holds)
      const made = kept.map((row, i): PlainRow => {
        const next = kept[i + 1]?.user === row.user ? kept[i + 1] : undefined
        const previous = kept[i - 1]?.user === row.user ? kept[i - 1] : undefined
        const before = number(previous?.k ?? null)
        return {
          user: row.user,
          n: kept.slice(0, i + 1).filter(({ user }) => user === row.user).length,
          after: next?.x ?? null,
          before: before === null ? null : before + 1,
          twice: row.k === null ? null : Number(row.k) * 2,
          day: row.day === null ? null : new Date(row.day * 86_400_000).toISOString().slice(0, 10),
          span: number(row.span),
          fast: next === undefined ? null : next.time - row.time < 10_000_000n
        }
      })
      const expected = ordered(made, order).slice(0, limit)
      for (const batches of [[rows], byUsers(random, rows)]) {
        assert.deepEqual(tableRows(plan, batches.map(batchOf)), expected, `seed ${seed} ${where}`)
      }
    }
  })

  it("keeps lists, in order and out of order", () => {
    const columns = [
      { name: "l", type: "list" },
      { name: "n", type: "int64" }
    ] as const
    const batch = (lists: ReadonlyArray<ReadonlyArray<string>>, n: ReadonlyArray<bigint>) =>
      tableOf({ l: column.list(lists), n: column.int64(n) })
    const batches = [batch([["a", "é"], []], [2n, 3n]), batch([["é"]], [1n])]
    const rows = (order: ReadonlyArray<string>) =>
      tableRows(tablePlan(columns, { columns: { l: "l", n: "n" }, where: "n > 0", order }), batches)
    const plain = [
      { l: '["a","é"]', n: 2 },
      { l: "[]", n: 3 },
      { l: '["é"]', n: 1 }
    ]
    assert.deepEqual(rows([]), plain)
    assert.deepEqual(rows(["n"]), [plain[2], plain[0], plain[1]])
  })
})

describe("an expression that fails", () => {
  const text = [{ name: "x", type: "text" }] as const
  const made = (table: Partial<TableSpec>) => () =>
    tableRows(tablePlan(text, table), [tableOf({ x: column.text(["1", null, "b", "c"]) })])

  it("ends the run and says where it stands", () => {
    const message = /^tables\.t.*: invalid int64 in "x"; write try_cast/
    for (const table of [
      { columns: { s: "sum(x::int64)" } },
      { columns: { n: "x::int64" } },
      { by: [{ k: "x::int64" }], columns: {} },
      { where: "x::int64 > 0", columns: { x: "x" } },
      { where: "x::int64 > 0", columns: { n: "count(*)" } }
    ]) {
      assert.throws(made(table), ExpressionFailed, message)
    }
  })

  it("does not where nothing needs its value", () => {
    assert.deepStrictEqual(made({ columns: { s: "sum(x::int64)" }, where: "x = '1'" })(), [{ s: 1 }])
    assert.deepStrictEqual(made({ columns: { s: "sum(x::int64) filter (where x < 'a')" } })(), [{ s: 1 }])
    assert.deepStrictEqual(made({ columns: { n: "x::int64" }, where: "x = '1'" })(), [{ n: 1 }])
    assert.deepStrictEqual(made({ by: ["x::int64"], columns: {}, where: "x = '1'" })(), [{ "x::int64": 1 }])
    assert.deepStrictEqual(made({ columns: { s: "sum(try_cast(x as int64))" } })(), [{ s: 1 }])
  })
})

const event = "event: { user: u, time: t, type: type, columns: { n: n::int64 } }\ndedupe: none\n"

const randomRows = (random: Random, most: number) =>
  Array.from({ length: random.int(most + 1) }, () => ({
    u: random.pick(["a", "b", "c", "7", "10"]),
    t: `2024-07-1${random.int(3)}T${10 + random.int(10)}:${10 + random.int(50)}:00Z`,
    type: random.pick(["view", "buy", null]),
    n: random.int(5) === 0 ? null : random.int(100)
  }))

describe("the tables of a spec", () => {
  const body = `${event}
sessions:
  gap: 30m
  columns:
    spent: sum(n) filter (where type = 'buy')
    share: count(*) filter (where type = 'buy') / event_count
    minutes: session_duration_sec / 60
    kinds: list(distinct type)
users: { columns: { spent: "coalesce(sum(n), 0)", often: event_count > 3 * session_count, gap: avg_gap() } }
tables:
  daily: { from: sessions, by: [date], columns: { n: count(*), spent: sum(spent), longest: max(minutes) } }
  best: { from: daily, where: spent > 0, columns: { date: date, spent: spent }, order: [spent desc], limit: 2 }
  total: { from: daily, columns: { days: count(*), spent: sum(spent) } }
  steps: { from: events, columns: { u: u, type: type, before: previous(type), wait: next(time) - time } }
  pairs: { from: steps, where: before is not null, by: [before, type], columns: { n: count(*), wait: median(wait) } }
  often: { from: users, where: often, columns: { u: u, spent: spent } }
  kinds: { from: sessions, by: ["session_number = 1"], columns: { n: count(*), first: first(session_cause) } }`

  it("are the same for blocks of any size, and add up", () => {
    const names = ["sessions", "users", "daily", "best", "total", "steps", "pairs", "often", "kinds"]
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const rows = randomRows(random, 60)
      const whole = runSpec(body, rows)
      const cut = runSpec(body, rows, { blockRows: 1 + random.int(5) })
      for (const name of names) assert.deepStrictEqual(cut.table(name), whole.table(name), `${name} ${seed}`)

      const bought = rows.filter(({ type }) => type === "buy").map(({ n }) => n ?? 0)
      const spent = bought.reduce((sum, n) => sum + n, 0)
      const [total] = whole.table("total")
      assert.strictEqual(total.spent ?? 0, spent)
      assert.strictEqual(whole.table("steps").length, rows.length)
      const pairs = whole.table("pairs").reduce((sum, { n }) => sum + Number(n), 0)
      assert.strictEqual(pairs, whole.table("steps").filter(({ before }) => before !== null).length)
      const users = whole.table("users")
      assert.strictEqual(
        users.reduce((sum, { event_count }) => sum + Number(event_count), 0),
        rows.length
      )
      assert.strictEqual(
        users.reduce((sum, row) => sum + Number(row.session_count), 0),
        whole.table("sessions").length
      )
    }
  })

  it("may be none of the user's rows", () => {
    const { table } = runSpec(body, [])
    for (const name of ["daily", "best", "steps", "pairs", "often"]) assert.deepStrictEqual(table(name), [], name)
    assert.deepStrictEqual(table("total"), [{ days: 0, spent: null }])
  })

  it("have their columns where there are no rows", () => {
    const { batch } = runSpec(`${event}tables: { grouped: { from: events, by: [type], columns: { n: sum(n) } } }`, [])
    assert.strictEqual(batch("grouped").numRows, 0)
    assert.deepStrictEqual(batch("grouped").schema.names, ["type", "n"])
  })

  it("that count and read no column have the number of rows", () => {
    const rows = ["10", "11", "13"].map((hour) => ({ u: "a", t: `2024-07-10T${hour}:00:00Z` }))
    const { table } = runSpec(
      `event: { user: u, time: t }
sessions: { gap: 1h }
tables:
  sessions_total: { from: sessions, columns: { n: count(*) } }
  events_total: { from: events, columns: { n: count(*) } }`,
      rows
    )
    assert.deepStrictEqual([table("sessions_total"), table("events_total")], [[{ n: 2 }], [{ n: 3 }]])
  })
})

describe("measures over the events of a session", () => {
  it("take the events in order, duplicates left out", () => {
    const at = (minute: number, type: string | null) => ({ u: "a", t: `2024-07-10T10:${minute}:00Z`, type })
    const rows = [at(50, "z"), at(20, null), at(10, "b"), at(10, "b"), at(15, "a")]
    const { table } = runSpec(
      `event: { user: u, time: t, type: type }
sessions:
  gap: 30m
  columns:
    n: count(*)
    kinds: count(distinct type)
    from: first(type)
    to: last(type)
    least: min(type)
    most: max(type)
    end: max(t)
    users: count(distinct u)
    gap: avg_gap()
    active: active_time(interval '10m')
    all: list(distinct type)
    same: event_count = count(*)`,
      rows
    )
    const [session] = table("sessions")
    const { active, all, end, from, gap, kinds, least, most, n, same, to, users } = session
    assert.deepStrictEqual(
      [n, kinds, from, to, least, most, end, users, gap, active, all, same],
      [4, 3, "b", "z", "a", "z", "2024-07-10T10:50:00Z", 1, 800, 1200, '["a","b","z"]', true]
    )
  })
})

describe("a table with a limit of rows", () => {
  it("is the beginning of the whole table", () => {
    const rows = Array.from({ length: 18 }, (_, i) => ({ u: `${i % 3}`, t: `2024-07-10T1${i % 9}:00:00Z` }))
    const { computed, table } = runSpec(
      `event: { user: u, time: t }
sessions: { gap: 2h, columns: { n: count(*), end: max(t) } }
users: {}`,
      rows
    )
    for (const name of ["sessions", "events", "duplicates", "users"]) {
      const whole = table(name)
      for (const limit of [0, 2, 100]) {
        const head = computed.table(name, Object.keys(whole[0]), limit)
        assert.strictEqual(head.numRows, Math.min(limit, whole.length), `${name} ${limit}`)
        assert.deepStrictEqual(plainRows(head), whole.slice(0, limit), `${name} ${limit}`)
      }
    }
  })
})
