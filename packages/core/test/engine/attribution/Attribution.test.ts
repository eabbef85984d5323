import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { errorOf } from "../../support/errorOf.ts"
import { Random } from "../../support/random.ts"
import { head, runSpec } from "../../support/runSpec.ts"
import { sameValue, SqlDatabase } from "../../support/sqlDatabase.ts"

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

interface Event {
  readonly u: string
  readonly minute: number
  readonly kind: string
  readonly url: string | null
  readonly referrer: string | null
  readonly oid: string | null
  readonly price: number | null
}

const queries = [
  "",
  "",
  "",
  "?q=1",
  "?utm_source=Google&utm_medium=CPC&utm_campaign=Brand",
  "?utm_source=news&utm_medium=email&utm_campaign=Shopping%20Week",
  "?utm_source=fb&utm_medium=paid",
  "?utm_medium=affiliate",
  "?utm_source=x&utm_medium=odd",
  "?gclid=abc",
  "?utm_source=&utm_medium="
]
const referrers = [
  null,
  null,
  "https://www.google.de/search?q=a",
  "https://l.facebook.com/l.php",
  "https://blog.example/post",
  "https://shop.example/cart",
  "https://pay.shop.example/done",
  "https://www.paypal.com/checkout",
  "android-app://com.mail"
]

const randomEvents = (random: Random): ReadonlyArray<Event> =>
  Array.from({ length: random.int(80) }, () => {
    const kind = random.pick(["page", "page", "page", "click", "buy", "bot"])
    return {
      u: random.pick(["10", "9", "a"]),
      minute: random.int(30) * 10,
      kind,
      url: kind === "page" ? `https://shop.example/p${random.pick(queries)}` : null,
      referrer: random.pick(referrers),
      oid: kind === "buy" ? random.pick(["o1", "o2", "o3", "o4", "o5", "o6", null]) : null,
      price: kind === "buy" ? random.pick([null, 5, 7.5, 20]) : null
    }
  })

const lookback = 60

const body = `event:
  id: id
  user: u
  time: t
  type: kind
  columns: { url: url, referrer: referrer, oid: oid, price: "price::double" }
sessions: { gap: 15m }
tables:
  orders:
    attribution:
      conversion: type = 'buy'
      order_id: oid
      revenue: price
      url: url
      referrer: referrer
      no_referrer: [shop.example, www.PayPal.com]
      lookback: ${lookback}m
      where: type <> 'bot'
  by_model: { from: orders, by: [model], columns: { revenue: sum(revenue), orders: count(*) } }
`

const rowOf = ({ minute, ...event }: Event, i: number) => ({
  ...event,
  id: i,
  t: new Date(Date.UTC(2024, 6, 10, 0, minute)).toISOString()
})

const param = (name: string) => `nullif(regexp_extract(url, '[?&]${name}=([^&#]*)', 1), '')`
const paid = "regexp_matches(medium, '^(.*cp.*|ppc|retargeting|paid.*)$')"
/** Only what occurs in these events; the rules of Google Analytics, not ours. */
const channel = `case
  when source is null and medium is null then 'Direct'
  when source = 'google' and ${paid} then 'Paid Search'
  when source in ('fb', 'l.facebook.com') and ${paid} then 'Paid Social'
  when ${paid} then 'Paid Other'
  when regexp_matches(lower(campaign), 'shopping') then 'Organic Shopping'
  when source in ('fb', 'l.facebook.com') then 'Organic Social'
  when source = 'google.de' or medium = 'organic' then 'Organic Search'
  when medium = 'referral' then 'Referral'
  when medium = 'email' then 'Email'
  when medium = 'affiliate' then 'Affiliates'
  else 'Unassigned' end`

/** Touches, candidates and orders by joins, from the events as they were written. */
const query = `with marked as (
  select *, case when minute - lag(minute) over (partition by u order by minute, i) <= 15 then 0 else 1 end as opens
  from events
), numbered as (
  select *, sum(opens) over (partition by u order by minute, i) as nr from marked
), chosen as (
  select * from numbered where kind <> 'bot'
), sessions as (
  select u, nr, min(minute) as started, min(minute * 1000 + i) filter (where url is not null) as entry from chosen group by u, nr
), entries as (
  select s.u, s.nr, s.started, e.url, e.referrer,
    replace(split_part(split_part(e.referrer, '/', 3), ':', 1), 'www.', '') as host
  from sessions s join chosen e on e.u = s.u and e.minute * 1000 + e.i = s.entry
), referred as (
  select *, ${param("utm_source")} is not null or ${param("utm_medium")} is not null as tagged,
    host is not null and host not in ('shop.example', 'pay.shop.example', 'paypal.com') as refers
  from entries
), came as (
  select u, nr, started,
    case when tagged then lower(${param("utm_source")}) when ${param("gclid")} is not null then 'google' when refers then host end as source,
    case when tagged then lower(${param("utm_medium")}) when ${param("gclid")} is not null then 'cpc'
      when refers then case when host = 'google.de' then 'organic' else 'referral' end end as medium,
    replace(${param("utm_campaign")}, '%20', ' ') as campaign
  from referred
), touches as (
  select *, ${channel} as channel, source is null and medium is null as direct from came
), conversions as (
  select *, row_number() over (order by minute, case u when '9' then 1 when '10' then 2 else 3 end, i) as place,
    count(*) over (partition by coalesce(oid, 'none' || i)) - 1 as repeats
  from chosen where kind = 'buy'
), orders as (
  select * from conversions qualify row_number() over (partition by coalesce(oid, 'none' || i) order by place) = 1
), candidates as (
  select o.i, t.* from orders o join touches t
    on t.u = o.u and (t.nr = o.nr or (t.started <= o.minute and o.minute - t.started <= ${lookback}))
), picked as (
  select o.i, 'first' as model, arg_min(c, c.nr) as touch, count(c.nr) as touches
  from orders o left join candidates c using (i) group by o.i
  union all
  select o.i, 'last', coalesce(arg_max(c, c.nr) filter (where not c.direct), arg_max(c, c.nr)), count(c.nr)
  from orders o left join candidates c using (i) group by o.i
)
select 0, oid, u, make_timestamp(2024, 7, 10, 0, 0, 0) + interval (minute) minutes, price, repeats, model,
  coalesce(touch.channel, 'Direct'), touch.source, touch.medium, touch.campaign,
  make_timestamp(2024, 7, 10, 0, 0, 0) + interval (touch.started) minutes, touches
from orders join picked using (i)
order by case u when '9' then 1 when '10' then 2 else 3 end, minute, i, model`

describe("a table of attributions", () => {
  it("is what an SQL query makes of the events, for blocks of any size", async () => {
    const met = new Map<unknown, number>()
    const note = (what: unknown) => met.set(what, (met.get(what) ?? 0) + 1)
    for (let seed = 1; seed <= 120; seed++) {
      const random = new Random(seed)
      const events = randomEvents(random)
      await database.fill(
        "events",
        {
          i: "bigint",
          u: "varchar",
          minute: "bigint",
          kind: "varchar",
          url: "varchar",
          referrer: "varchar",
          oid: "varchar",
          price: "double"
        },
        events.map(({ kind, minute, oid, price, referrer, u, url }, i) => [
          i,
          u,
          minute,
          kind,
          url,
          referrer,
          oid,
          price
        ])
      )
      const { table } = runSpec(body, events.map(rowOf), { blockRows: random.pick([1, 6, Infinity]) })
      const rows = table("orders")
      const sessions = new Map(table("sessions").map((row) => [row.session_id, row.session_start]))
      const ours = rows.map(({ session_id: _, ...row }) => Object.values(row))
      const theirs = (await database.byCase(query)).get(0) ?? []
      assert.strictEqual(ours.length, theirs.length, `seed ${seed}`)
      for (const [i, row] of ours.entries()) {
        const same = row.every((value, k) => sameValue(value, theirs[i][k]))
        assert.isTrue(same, `seed ${seed} row ${i}\n${row.join()}\n${theirs[i].join()}`)
        note(rows[i].channel)
        if (Number(rows[i].repeats) > 0) note("again")
        if (rows[i].touches === 0) note("no touch")
        // A bot may have been the first.
        const start = sessions.get(rows[i].session_id)
        assert.isTrue(rows[i].session_id === null ? start === undefined : String(start) <= String(rows[i].touched_at))
      }
      const [first, last] = table("by_model")
      assert.deepStrictEqual({ ...first, model: null }, { ...last, model: null })
    }
    const channels = [
      "Direct",
      "Paid Search",
      "Paid Social",
      "Organic Shopping",
      "Organic Social",
      "Organic Search",
      "Referral",
      "Affiliates",
      "Unassigned"
    ]
    for (const what of [...channels, "again", "no touch"]) assert.isAbove(met.get(what) ?? 0, 20, what)
  }, 60_000)

  const page = (minute: number, query: string) =>
    rowOf({ u: "a", minute, kind: "page", url: `/p${query}`, referrer: null, oid: null, price: null }, minute)
  const buy = (minute: number, oid: string, u = "a") =>
    rowOf({ u, minute, kind: "buy", url: null, referrer: null, oid, price: 3 }, minute + 5000)
  const brief = (rows: ReadonlyArray<ReturnType<typeof rowOf>>, spec = body) =>
    runSpec(spec, rows)
      .table("orders")
      .map(({ channel, model, order_id, repeats, touches, u }) =>
        [order_id, u, model, channel, touches, repeats].join(" ")
      )

  it("takes sessions back to exactly the lookback, and the converting one whenever it started", () => {
    const mail = "?utm_source=n&utm_medium=email"
    const rows = [page(0, mail), page(60, "?gclid=1"), buy(60, "1"), buy(61, "2")]
    assert.deepStrictEqual(brief(rows), [
      "1 a first Email 2 0",
      "1 a last Paid Search 2 0",
      "2 a first Paid Search 1 0",
      "2 a last Paid Search 1 0"
    ])
    const long = Array.from({ length: 10 }, (_, i) => page(10 * i, i === 0 ? mail : ""))
    assert.deepStrictEqual(brief([...long, buy(91, "1")]), ["1 a first Email 1 0", "1 a last Email 1 0"])
  })

  it("counts an order that comes again once, at whoever came first", () => {
    assert.deepStrictEqual(brief([buy(50, "1", "9"), buy(20, "1", "b"), buy(30, "1", "10")]), [
      "1 b first Direct 0 2",
      "1 b last Direct 0 2"
    ])
  })

  it("asks channels of the spec in their order, and calls what is none of them unassigned", () => {
    const own = body.replace(
      "where: type",
      "channels: { Straight: source is null, Mail: \"medium = 'email'\", All: \"medium = 'cpc'\" }\n      where: type"
    )
    const rows = [page(0, "?utm_source=n&utm_medium=email"), page(30, "?utm_source=n"), buy(31, "1"), buy(31, "2", "b")]
    assert.deepStrictEqual(brief(rows, own), [
      "1 a first Mail 2 0",
      "1 a last Unassigned 2 0",
      "2 b first Straight 0 0",
      "2 b last Straight 0 0"
    ])
  })

  it("has no rows, and all columns, without events", () => {
    const { batch } = runSpec(body, [])
    assert.deepStrictEqual(batch("orders").schema.names, [
      "order_id",
      "u",
      "converted_at",
      "revenue",
      "repeats",
      "model",
      "channel",
      "source",
      "medium",
      "campaign",
      "session_id",
      "touched_at",
      "touches"
    ])
    assert.strictEqual(batch("orders").numRows, 0)
  })
})

describe("what is wrong with an attribution", () => {
  const all = "conversion: type = 'x', order_id: o, revenue: n, url: p"
  it.each<readonly [string, string, ReadonlyArray<string>]>([
    [
      "what is missing",
      "{ url: p }",
      ['7:21: missing "conversion"', '7:21: missing "order_id"', '7:21: missing "revenue"']
    ],
    [
      "text as revenue",
      `{ ${all.replace("revenue: n", "revenue: o")} }`,
      ["7:69: revenue is a number, and this is text", "  cast it, as in x::double"]
    ],
    [
      "a number as order",
      `{ ${all.replace("order_id: o", "order_id: n")} }`,
      ["7:57: this needs text, found int64", "  cast it, as in x::text"]
    ],
    [
      "a channel of another column",
      `{ ${all}, channels: { A: u = 'x' } }`,
      ["7:95: unknown column u", "  columns here are source, medium, campaign"]
    ],
    [
      "a channel that is a number",
      `{ ${all}, channels: { 1: source is null } }`,
      ["7:92: a channel has a word as its name, not the number 1"]
    ],
    [
      "an unknown key",
      `{ ${all}, window: 7d }`,
      [
        '7:80: unknown "window"; expected conversion, order_id, revenue, url, referrer, no_referrer, lookback, channels or where'
      ]
    ]
  ])("%s", (_, attribution, problems) => {
    const event = 'event: { user: u, time: t, type: kind, columns: { o: o, n: "n::int64", p: p } }'
    assert.deepStrictEqual(
      errorOf(`${head}${event}\nsessions: {}\ntables:\n  a: { attribution: ${attribution} }`),
      problems
    )
  })

  it("no sessions, and a user whose column is called like another", () => {
    const event = 'event: { user: source, time: t, type: kind, columns: { o: o, n: "n::int64", p: p } }'
    assert.deepStrictEqual(errorOf(`${head}${event}\ntables:\n  a: { attribution: { ${all} } }`), [
      '4:16: "source" is the name of a column that Sojourn adds',
      "  give it another name: { as: other_name, value: … }",
      '6:8: there is no table of sessions: the spec has no "sessions"'
    ])
  })
})
