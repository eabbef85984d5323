/** A spec that uses all of the language, and records that it can read. */
export const everything = `description: all of it
params:
  gap: { type: duration, default: 20m, description: inactivity }
timezone: Europe/Berlin
event:
  id: { as: event_id, value: meta.id }
  user: { as: user, value: [tenant, '"user id"'] }
  time: { as: at, value: ts }
  time_format: yyyy-MM-dd HH:mm
  timezone: -02:00
  type: kind
  columns: { page: p.url, raw: "a.b", minute: "a.b::int64 + 0", long: "length(p.url) > 2" }
  required: [page, id]
  allowed: { type: [view, click] }
  time_range: { from: 2000-01-01T00:00:00Z, to: 2030-01-01T00:00:00Z, outside: reject }
  null_values: [NA, ""]
dedupe: [user, time, type]
order: [type, page]
tie: content
sessions:
  gap: { param: gap }
  boundary: split
  max_duration: 12h
  max_events: 100
  start: kind = 'login'
  end: "type = 'logout' or minute > 1000"
  change: [page, { column: raw, from_null: split }]
  midnight: true
  passive: page = '/tick'
  columns:
    pages: count(distinct page)
    last_page: last(page)
    n: count(*)
    minutes: sum(minute) filter (where minute >= 0) / count(*)
    kinds: list(distinct kind)
    rest: max(at) - min(at)
    gap: avg_gap()
users: { columns: { "per session": event_count / session_count } }
tables:
  daily:
    from: sessions
    by: [date, user]
    columns: { sessions: count(*), longest: max(session_duration_sec), mean: avg(event_count), total: sum(n) }
  pages: { from: events, by: [page], columns: { views: count(*), from: min(at) } }
  next:
    from: sessions
    where: event_count > 0
    columns: { user: user, k: kinds, next: next(session_start) }
    order: [user, next desc]
    limit: 3
  weeks:
    from: daily
    by: [{ week: "date_trunc('week', date)" }, "user || '!'"]
    columns: { days: count(*) }
    having: count(*) > 0 and days < 100
  way: { funnel: { steps: { view: kind = 'view', click: kind = 'click' }, within: session, window: 1h, columns: { page: page } } }
  back: { retention: { window: 1h, where: session_number = 1, by: [date] } }
  against: { compare: { from: sessions, by: [session_cause], success: pages > 1, where: n > 0, columns: { n_: sum(n) }, having: n_ > 0 } }
  orders: { attribution: { conversion: kind = 'click', order_id: event_id, revenue: minute, url: page, no_referrer: [a.example], channels: { A: source is null } } }
  orders_by_default: { attribution: { conversion: kind = 'click', order_id: event_id, revenue: minute, url: page, referrer: page } }
checks:
  - { name: rows, on: events, expect: minute > 0 and kind <> 'x', at_most: 50% }
  - { name: unique, on: sessions, unique: [user, session_start], severity: warn }
  - { name: known, on: daily, references: { column: user, table: users } }
  - { name: longest, on: daily, assert: max(longest), at_least: 1, at_most: 200% of previous }
  - { name: rejects, rate: rejected / read < 0.9, per: input }
  - { name: fresh, on: sessions, freshness: session_end, at_most: 2h }
  - { name: volume, on: sessions, volume: date, at_least: 50% }
reports:
  all:
    uri: [all.html, all.md]
    title: All
    template: |
      # {{ run.name }}: {{ daily.longest }}

      \`\`\`table
      from: weeks
      columns: [week, days]
      rows: 3
      \`\`\`
      \`\`\`chart
      kind: bar
      from: daily
      x: date
      y: [sessions, mean]
      \`\`\`
outputs:
  history: { uri: h.jsonl }
  sessions: { uri: s.csv, format: csv, columns: [session_id, user, pages] }
  events: { uri: e.json }
  duplicates: { uri: "-", format: { name: csv, delimiter: ";", nested: { list: [1, true, null] } } }
  rejects: { uri: r.json }
  daily: { uri: d.csv }
`

const at = (minute: number, id: string, kind: string, url: string | null, user = 1) => ({
  meta: { id },
  tenant: "x",
  "user id": user,
  ts: `2024-07-10 21:${String(minute).padStart(2, "0")}`,
  kind,
  p: { url },
  "a.b": minute
})

export const everythingRows = [
  at(10, "3", "view", "/b"),
  at(0, "1", "view", "/a"),
  at(0, "2", "view", "/a"),
  at(30, "4", "click", "/a"),
  at(5, "5", "buy", "/a"),
  at(5, "NA", "view", "/a"),
  at(7, "6", "view", null),
  at(59, "7", "view", "/c", 2)
]
