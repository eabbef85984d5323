/** Uses what could differ from runtime to runtime: text, time zones, regular expressions, digests, doubles, sorting. */
export const spec = `version: 1
name: browser
timezone: America/New_York
source: { uri: [events.jsonl, events.csv] }
event:
  id: event_id
  user: user_id
  time: time
  timezone: Europe/Berlin
  time_range: { from: "2024-01-01T00:00:00Z", outside: reject }
  type: type
  allowed: { type: [view, click, login] }
  null_values: [n/a]
  columns:
    page: regexp_extract(url, '/p/([0-9]+)', 1)
    host: url_host(url)
    search: url_param(url, 'q')
    shouted: upper(trim(name))
    letters: length(name)
    visitor: "hmac_sha256(name, \${KEY})"
    price: try_cast(price as double)
    is_bot: is_bot(agent)
    os: json_extract_text(context, '$.os')
sessions:
  gap: 30m
  start: type = 'login'
  change: [os]
  midnight: true
  columns:
    pages: list(distinct page)
    spent: sum(price)
    loudest: max(shouted)
    pace: avg_gap()
users:
  columns:
    logs: round(sum(ln(1 + letters)), 6)
tables:
  hours:
    from: events
    by: [{ hour: "strftime(time, '%Y-%m-%d %H')" }, os]
    columns: { events: count(*), users: count(distinct user_id), half: median(price) }
    order: [events desc]
outputs:
  sessions: { uri: sessions.csv }
  events: { uri: events.csv }
  users: { uri: users.csv }
  hours: { uri: hours.csv }
  duplicates: { uri: duplicates.csv }
  rejects: { uri: rejects.csv }
`
