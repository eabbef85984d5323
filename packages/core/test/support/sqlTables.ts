import { filters, predicates } from "./sqlCases.ts"
import type { Pair } from "./sqlMeasures.ts"
import type { Random } from "./random.ts"
import { userOrder } from "./sqlSessions.ts"

type Named = Readonly<Record<string, Pair>>

/** What a table may be made from: expressions over the rows of a source, whose relation in SQL has its name. */
interface SourceOf {
  readonly from: "events" | "sessions" | "users"
  readonly wheres: ReadonlyArray<Pair>
  readonly keys: Named
  readonly columns: Named
}

/** In the order of the rows: by user, then by this. */
const inOrder = (column: string, place: string, filter?: string) =>
  `list(${column} order by ${userOrder("u")}, ${place})${filter === undefined ? "" : ` filter (where ${filter})`}`

const events: SourceOf = {
  from: "events",
  wheres: [
    ...[...predicates, ...filters].map((text): Pair => [text]),
    ["session_id is not null"],
    ["u <> 'a'"],
    ["date(t) > date '2024-07-10'", "local::date > date '2024-07-10'"]
  ],
  keys: {
    u: ["u"],
    type: ["type"],
    a: ["a"],
    n: ["n"],
    d: ["d"],
    half: ["n % 2"],
    start: ["date_trunc('hour', t)"],
    day: ["date(t)", "local::date"],
    hour: ["hour(t)", "hour(local)"],
    inside: ["session_id is not null"],
    label: ["g || '/' || coalesce(type, '-')"],
    size: ["case when d > 5 then 'long' when n is not null then 'short' end"]
  },
  columns: {
    s: ["sum(n)"],
    top: ["max(a)"],
    users: ["count(distinct u)"],
    sessions: ["count(distinct session_id)"],
    head: ["first(n)", `(${inOrder("n", "place")})[1]`],
    tail: ["last(a) ignore nulls", `(${inOrder("a", "place", "a is not null")})[-1]`],
    mid: ["median(d)"],
    mean: ["avg(d) filter (where type = 'b')"],
    early: ["min(t)"],
    share: ["count(n) / count(*)", "case when count(*) > 0 then count(n) / count(*) end"],
    text: ["coalesce(max(type), 'none') || count(*)::text"]
  }
}

const sessions: SourceOf = {
  from: "sessions",
  wheres: [
    ["event_count > 1"],
    ["session_cause <> 'first'"],
    ["not is_open"],
    ["previous_session_end is null or session_duration_sec = 0"],
    ["session_cause like 'change:%' or total > 0"]
  ],
  keys: {
    u: ["u"],
    date: ["date"],
    session_cause: ["session_cause"],
    is_open: ["is_open"],
    event_count: ["event_count"],
    kinds: ["kinds"],
    length: ["case when session_duration_sec < 600 then 'short' else 'long' end"],
    start: ["date_trunc('hour', session_start)"],
    later: ["next_session_start > session_end"]
  },
  columns: {
    s: ["sum(event_count)"],
    top: ["max(highest)"],
    longest: ["max(session_duration_sec)"],
    mean: ["avg(session_duration_sec)"],
    average: ["avg(mean) filter (where is_open)"],
    numbers: ["sum(total)"],
    head: ["first(session_cause)", `(${inOrder("session_cause", "session_number")})[1]`],
    tail: ["last(total) ignore nulls", `(${inOrder("total", "session_number", "total is not null")})[-1]`],
    users: ["count(distinct u)"],
    late: ["max(session_end)"],
    mid: ["median(event_count)"]
  }
}

const users: SourceOf = {
  from: "users",
  wheres: [["event_count > 3"], ["session_count = 1 or total > 0"]],
  keys: {
    u: ["u"],
    session_count: ["session_count"],
    highest: ["highest"],
    busy: ["event_count > 2 * session_count"]
  },
  columns: {
    s: ["sum(event_count)"],
    top: ["max(u)"],
    early: ["min(first_event)"],
    late: ["max(last_event)"],
    numbers: ["sum(total)"],
    head: ["first(u)", `(${inOrder("u", "1")})[1]`]
  }
}

const havings: ReadonlyArray<Pair> = [
  ["count(*) > 1"],
  ["k > 1 or s > 0"],
  ["count(*) < 4 and s is not null"],
  ["top is not null"]
]

/** Columns of sessions and of users that their tables use besides the built-in ones. */
export const ownColumns = {
  sessions: { kinds: "count(distinct type)", total: "sum(n)", highest: "max(a)", mean: "avg(d)" },
  users: { total: "sum(n)", highest: "max(a)" }
} as const

const relations: Readonly<Record<string, string>> = { sessions: "session_rows", users: "user_rows" }

/** Makes the rows of sessions and users with these columns of the tables `events` and `sessions`. */
export const sqlRows: ReadonlyArray<string> = [
  `create or replace table session_rows as
select sessions.*, kinds, total, highest, mean
from sessions join (
  select c, u, session_id, count(distinct type) as kinds, sum(n) as total, max(a) as highest, favg(d) as mean
  from events
  group by all
) using (c, u, session_id)`,
  `create or replace table user_rows as
select c, u, min(t) as first_event, max(t) as last_event, count(*) as event_count,
  count(distinct session_id) as session_count, sum(n) as total, max(a) as highest
from events
group by all`
]

/** A table of a spec and the query of its twin. */
export interface TablePair {
  readonly name: string
  readonly spec: Readonly<Record<string, unknown>>
  /** Fills the table of that name: the case, its columns, and `row_number`, the place of a row. */
  readonly sql: string
  readonly columns: ReadonlyArray<string>
}

interface Parts {
  readonly name: string
  readonly from: string
  readonly where?: Pair | undefined
  readonly keys: Named
  readonly columns: Named
  readonly having?: Pair | undefined
  readonly order: ReadonlyArray<string>
  readonly limit?: number | undefined
}

const theirs = ([ours, twin = ours]: Pair): string => twin
const texts = (columns: Named, text: (pair: Pair) => string) =>
  Object.entries(columns).map(([name, pair]) => [name, text(pair)] as const)

/** Nulls first, with `desc` last. */
const orderSql = (item: string): string => {
  const name = item.replace(/ (asc|desc)$/, "")
  const descending = item.endsWith(" desc")
  if (name === "u") return userOrder("u", descending ? "desc" : "asc")
  return `"${name}" ${descending ? "desc nulls last" : "asc nulls first"}`
}

const makePair = ({ columns, from, having, keys, limit, name, order, where }: Parts): TablePair => {
  const optional = {
    ...(where === undefined ? {} : { where: where[0] }),
    ...(having === undefined ? {} : { having: having[0] }),
    ...(limit === undefined ? {} : { limit })
  }
  const names = Object.keys(keys)
  const selected = [...texts(keys, theirs), ...texts(columns, theirs)].map(
    ([column, text]) => `(${text}) as "${column}"`
  )
  const relation = relations[from] ?? from
  const condition = where === undefined ? "" : `where (${theirs(where)})`
  const choice = having === undefined ? "" : `having ${theirs(having)}`
  // One group without keys is there for a case without rows, too.
  const groups =
    names.length > 0
      ? `select c, ${selected.join()} from ${relation} ${condition} group by all ${choice}`
      : `select cases.c, one.* from cases, lateral (select ${selected.join()} from (from ${relation} ${condition}) r where r.c = cases.c ${choice}) one`
  const places = [...order, ...names].map(orderSql)
  const place = `row_number() over (partition by c order by ${places.length === 0 ? "1" : places.join()})`
  const few = limit === undefined ? "" : `where row_number <= ${limit}`
  return {
    name,
    spec: {
      from,
      by: texts(keys, ([ours]) => ours).map(([key, ours]) => (key === ours ? key : { [key]: ours })),
      columns: Object.fromEntries(texts(columns, ([ours]) => ours)),
      order,
      ...optional
    },
    sql: `create or replace table ${name} as select * from (select *, ${place} as row_number from (${groups})) ${few}`,
    columns: [...names, ...Object.keys(columns)]
  }
}

const someOf = (random: Random, named: Named, most: number): Named =>
  Object.fromEntries(random.shuffled(Object.entries(named)).slice(0, random.int(most + 1)))

/** Only what is exact gives an order: not sums and means of doubles. */
const exact = ["k", "s", "top", "users", "sessions", "head", "early", "late", "numbers", "tail"]

const orderOf = (random: Random, columns: ReadonlyArray<string>): ReadonlyArray<string> =>
  random
    .shuffled(columns)
    .slice(0, random.int(3))
    .map((name) => name + random.pick(["", " desc", " asc"]))

/** A table of groups over events, sessions or users, and another one over its rows. */
export const randomTables = (random: Random): readonly [TablePair, TablePair] => {
  const source = random.pick([events, events, sessions, sessions, users])
  const maybe = <A>(share: number, values: ReadonlyArray<A>) =>
    random.int(share) === 0 ? random.pick(values) : undefined
  const keys = someOf(random, source.keys, 3)
  const columns: Named = {
    k: ["count(*)"],
    s: source.columns.s,
    top: source.columns.top,
    ...someOf(random, source.columns, 4)
  }
  const names = Object.keys({ ...keys, ...columns })
  const first = makePair({
    name: "groups",
    from: source.from,
    where: maybe(2, source.wheres),
    keys,
    columns,
    having: maybe(3, havings),
    order: orderOf(random, [...exact.filter((column) => names.includes(column)), ...Object.keys(keys)]),
    limit: maybe(3, [1, 2, 5])
  })
  const second = makePair({
    name: "again",
    from: "groups",
    where: maybe(3, [["k > 1"], ["s is not null"], ["coalesce(top, '') <> 'z'"]]),
    keys: {
      ...someOf(random, Object.fromEntries(Object.keys(keys).map((key): [string, Pair] => [key, [key]])), 1),
      ...(random.int(2) === 0 ? { pair: ["k % 2"] } : {})
    },
    columns: {
      rows: ["count(*)"],
      total: ["sum(k)"],
      numbers_: ["sum(s)"],
      head_: ["first(top)", "list(top order by row_number)[1]"],
      tail_: ["last(k)", "list(k order by row_number)[-1]"]
    },
    order: orderOf(random, ["rows", "total", "tail_"]),
    limit: maybe(4, [1, 2])
  })
  return [first, second]
}
