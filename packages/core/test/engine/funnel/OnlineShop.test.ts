import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { runSpec } from "../../support/runSpec.ts"
import { sameValue, SqlDatabase } from "../../support/sqlDatabase.ts"

/** Real events of an online shop, and the query that counts for each user the steps after every first step. */
const file = fileURLToPath(new URL("../../../../../../shared/data/online-shop-ab.csv", import.meta.url))

const body = `event: { user: user_id, time: timestamp, columns: { event: event, bucket: bucket } }
dedupe: none
tables:
  way:
    funnel:
      steps: { catalog: event = 'catalog', product: "event like 'product%'", cart: event = 'cart', paid: event = 'payment_done' }
      window: 7d
      columns: { bucket: bucket }
  buyers: { compare: { from: way_entered, by: [bucket], success: completed } }
`

/** From each first step the earliest of each further one; the chain that is complete first, then the shortest, counts. */
const query = `with step as (
  select user_id::varchar as u, timestamp as t, case when event like 'product%' then 'product' else event end as event, user_backet as bucket
  from read_csv('${file}')
), one as (select u, t as t1 from step where event = 'catalog'
), two as (select one.*, (select min(t) from step s where s.u = one.u and s.event = 'product' and s.t >= t1 and s.t <= t1 + interval 7 days) as t2 from one
), three as (select two.*, (select min(t) from step s where s.u = two.u and s.event = 'cart' and s.t >= t2 and s.t <= t1 + interval 7 days) as t3 from two
), four as (select three.*, (select min(t) from step s where s.u = three.u and s.event = 'payment_done' and s.t >= t3 and s.t <= t1 + interval 7 days) as t4 from three
), best as (
  select *, case when t4 is not null then 4 when t3 is not null then 3 when t2 is not null then 2 else 1 end as depth from four
  qualify row_number() over (partition by u order by depth desc, coalesce(t4, t3, t2, t1), t1 desc) = 1
)`

const median = (later: string, earlier: string) => `median(epoch_us(${later}) - epoch_us(${earlier})) / 1e6`
const steps = `${query}
select 0, 1, count(*), null from best union all
select 0, 2, count(t2), ${median("t2", "t1")} from best union all
select 0, 3, count(t3), ${median("t3", "t2")} from best union all
select 0, 4, count(t4), ${median("t4", "t3")} from best
order by all`

const buyers = `${query}
select 0, bucket, count(*), count(t4) from best join (select u, arg_min(bucket, t) as bucket from step group by u) using (u)
group by bucket order by bucket`

describe.skipIf(!existsSync(file))("the funnel of a real shop", () => {
  it("is that of an SQL query", async () => {
    const database = await SqlDatabase.open()
    const rows = await database.byCase(
      `select 0, user_id::varchar, event, strftime(timestamp, '%Y-%m-%dT%H:%M:%S.%fZ'), user_backet from read_csv('${file}')`
    )
    const records = (rows.get(0) ?? []).map(([user_id, event, timestamp, bucket]) => ({
      user_id,
      event,
      timestamp,
      bucket
    }))
    assert.isAbove(records.length, 30_000)
    const { table } = runSpec(body, records, { blockRows: 5000 })
    const ours = table("way").map(({ count, median_sec, step }) => [step, count, median_sec])
    const theirs = (await database.byCase(steps)).get(0) ?? []
    for (const [i, row] of ours.entries()) {
      assert.isTrue(
        row.every((value, k) => sameValue(value, theirs[i][k])),
        `${row.join()} ${theirs[i].join()}`
      )
    }
    assert.deepStrictEqual(
      table("buyers").map(({ bucket, n, successes }) => [bucket, n, successes]),
      (await database.byCase(buyers)).get(0)
    )
    database.close()
  }, 120_000)
})
