import { dedupeKeys, filters, gaps, predicates } from "./sqlCases.ts"
import type { SqlDatabase } from "./sqlDatabase.ts"

/**
 * Validation, order, duplicates and sessions of all cases in SQL, written from docs/semantics.md and not from the
 * engine. Nothing is walked step by step: for each event that might open a session, windows over the events after it
 * say where that session would end and why; a recursion then follows these from a user's first event.
 */

const chosen = (place: string, values: ReadonlyArray<string>): string =>
  `case ${place} ${values.map((value, i) => `when ${i} then (${value})`).join(" ")} end`

/** What an expression of the spec is for an event: null where the spec has none. */
const predicate = (place: string) => chosen(place, predicates)

/** A text for each key; null where a column of it is. */
const keyText = (names: ReadonlyArray<string>): string => {
  const columns = names.map((name) => ({ user: "u", time: "t" })[name] ?? name)
  const isNull = columns.map((column) => `${column} is null`).join(" or ")
  return `case when ${isNull} then null else to_json([${columns.map((column) => `${column}::varchar`).join()}])::varchar end`
}

const mapped = "{u: u, t: t, type: type, id: id, a: a, n: n, d: d, g: g}"

const read = `create or replace table events_read as
select c, position, record, trim(u) as blank_user, u, id, type, a, n, d, g,
  try_cast(regexp_replace(t, '([T ]\\d\\d:\\d\\d)(Z|[+-]|$)', '\\1:00\\2') as timestamptz) as instant, t as time_text
from records`

/** The first rule that fails, in the order user, time, type. */
const judged = `create or replace table judged as
select e.*, timezone('UTC', instant) as t, timezone(zone, instant) as local,
  case
    when u is null or blank_user = '' then 'field.missing u'
    when time_text is null then 'field.missing t'
    when instant is null then 'time.invalid t'
    when required and type is null then 'field.missing type'
    when allowed and type not in ('b', 'c') then 'field.value type'
  end as problem,
  where_ is null or coalesce(${chosen("where_", filters)}, false) as chosen
from events_read e join cases using (c)`

const orderText = (place: string) => `case ${place} when 'type' then type when 'a' then a end nulls first`
const orderNumber = (place: string) => `case ${place} when 'n' then n end nulls first`
const content = ["type", "id", "a", "n", "d", "g"].map((name) => `case when by_content then ${name} end nulls first`)

const ordered = `create or replace table ordered as
select * , row_number() over (
    partition by c, u
    order by t, ${["order1", "order2"].flatMap((place) => [orderText(place), orderNumber(place)]).join()},
      ${content.join()}, position
  ) as place,
  case dedupe
    when 'id' then id
    when 'record' then record
    ${dedupeKeys.map((names) => `when '${names.join()}' then ${keyText(names)}`).join("\n    ")}
  end as key
from judged join cases using (c)
where problem is null and chosen`

const deduped = `create or replace table deduped as
select *,
  key is not null and row_number() over same > 1 as repeats,
  first_value(position) over same as first_position,
  first_value(${mapped}) over same is distinct from ${mapped} as conflicts
from ordered
window same as (partition by c, u, key order by place)`

const flagged = `create or replace table flagged as
select * exclude (g), g,
  case when by_ then g end as given,
  coalesce(${predicate("passive")}, false) as is_passive,
  coalesce(${predicate("end_")}, false) as is_end,
  coalesce(${predicate("start_")}, false) as is_start,
  epoch_us(t) as clock,
  epoch_us(t) + case
    when gap_micros is not null then gap_micros
    when has_gap then greatest(coalesce(epoch_us(${chosen("gap_expression", gaps)}), 0), 0)
  end as until,
  timezone(midnight, instant)::date as day,
  case change1 when 'a' then a when 'n' then n::varchar when 'type' then type end as value1,
  case change2 when 'a' then a when 'n' then n::varchar when 'type' then type end as value2
from deduped
where not repeats`

const walked = `create or replace table walked as
select *, row_number() over (partition by c, u order by place) as i
from flagged
where not is_passive and given is null`

const changes = (n: 1 | 2) => `when value${n} is not null and last${n} is not null and value${n} <> last${n}
      then 'change:' || change${n}
    when value${n} is not null and last${n} is null and splits${n} then 'change:' || change${n}`

/** Of every event `s` that might open a session, and every later one: why it is not in that session, were it to open one. */
const cuts = `create or replace table cuts as
with pairs as (
  select e.*, s.i as s, s.clock as started,
    lag(e.is_end) over later as ended,
    lag(e.day) over later as day_before,
    max(e.until) over before as open_until,
    count(*) over before as events,
    last_value(e.value1 ignore nulls) over before as last1,
    last_value(e.value2 ignore nulls) over before as last2
  from walked s join walked e on e.c = s.c and e.u = s.u and e.i >= s.i
  window later as (partition by s.c, s.u, s.i order by e.i),
    before as (partition by s.c, s.u, s.i order by e.i rows between unbounded preceding and 1 preceding)
), caused as (
  select c, u, s, i, case
    when ended then 'end'
    when is_start then 'start'
    when clock > open_until or (splits and clock = open_until) then 'gap'
    when clock - started > max_duration or (splits and clock - started = max_duration) then 'max_duration'
    when events >= max_events then 'max_events'
    ${changes(1)}
    ${changes(2)}
    when day <> day_before then 'midnight'
  end as cause
  from pairs
  where i > s
)
select c, u, s, min(i) as i, arg_min(cause, i) as cause
from caused
where cause is not null
group by c, u, s`

/** Openers with their causes: of the sessions that rules cut, and of those with given ids. */
const opened = `create or replace table opened as
with recursive chain(c, u, i, cause) as (
  select c, u, i, 'first' from walked where i = 1
  union all
  select cuts.c, cuts.u, cuts.i, cuts.cause from chain join cuts on cuts.c = chain.c and cuts.u = chain.u and cuts.s = chain.i
), ruled as (
  select c, u, i as opener, coalesce(lead(i) over (partition by c, u order by i), 1000000) as next_opener, cause from chain
), active as (
  select *, row_number() over (partition by c, u order by place) as nth from flagged where not is_passive
)
select c, u, min(place) as place, null as given, min(clock) as started, max(clock) as ended, max(until) as until,
  min(cause) as cause, max(has_gap) as has_gap, arg_max(is_end, place) as is_ended
from ruled join walked using (c, u)
where i >= opener and i < next_opener
group by c, u, opener
union all
select c, u, min(place), given, min(clock), max(clock), max(until),
  case when min(nth) = 1 then 'first' else 'by' end, max(has_gap), false
from active
where given is not null
group by c, u, given`

const numbered = `create or replace table numbered as
select *, row_number() over (partition by c, u order by started, place) as number
from opened`

const members = `create or replace table members as
with active as (
  select f.*, max(o.number) as number
  from flagged f join numbered o on o.c = f.c and o.u = f.u and
    case when f.given is null then o.given is null and o.place <= f.place else o.given = f.given end
  where not f.is_passive
  group by all
), joined as (
  select f.*, max(o.number) as number
  from flagged f left join numbered o on o.c = f.c and o.u = f.u and (f.given is null or f.given = o.given)
    and o.started <= f.clock and (not o.has_gap or f.clock < o.until or (f.clock = o.until and not splits))
  where f.is_passive
  group by all
)
from active union all by name from joined`

/** The order of users: canonical integers by value, then the rest by bytes. */
export const userOrder = (u: string, direction: "asc" | "desc" = "asc"): string => {
  const isInteger = `regexp_full_match(${u}, '0|-?[1-9][0-9]*')`
  return [`not ${isInteger}`, `case when ${isInteger} then ${u}::hugeint end`, u]
    .map((text) => `${text} ${direction}`)
    .join()
}

const micros = (text: string) => `make_timestamp(${text})`

/** As the columns of the table of sessions, but `session_id`, which is given or tells one session of a user from another. */
const sessions = `create or replace table sessions as
select o.c, coalesce(o.given, o.u || '#' || o.number) as session_id, o.u,
  ${micros("started")} as session_start, ${micros("ended")} as session_end,
  (ended - started) / 1e6 as session_duration_sec, size as event_count, o.number as session_number,
  cause as session_cause,
  ${micros("lag(ended) over around")} as previous_session_end, ${micros("lead(started) over around")} as next_session_start,
  not is_ended and (not o.has_gap or until >= as_of) as is_open,
  timezone(zone, timezone('UTC', ${micros("started")}))::date as date
from numbered o
join cases on cases.c = o.c
join (select c, u, number, count(*) as size from members group by all) m on m.c = o.c and m.u = o.u and m.number = o.number
window around as (partition by o.c, o.u order by o.number)`

/** As the columns of the table of events, with the place of each event, and its time in the zone of the spec. */
const events = `create or replace table events as
select m.c, coalesce(o.given, o.u || '#' || o.number) as session_id, m.u, t, type, id, a, n, d, g, m.place, local
from members m left join numbered o on o.c = m.c and o.u = m.u and o.number = m.number`

/** Makes the tables `judged`, `deduped`, `sessions` and `events` of the tables `cases` and `records`. */
export const cutWithSql = async (database: SqlDatabase): Promise<void> => {
  const steps = [read, judged, ordered, deduped, flagged, walked, cuts, opened, numbered, members, sessions, events]
  for (const step of steps) await database.run(step)
}
