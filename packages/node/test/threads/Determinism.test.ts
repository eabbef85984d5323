import { assert, describe, it } from "@effect/vitest"
import { gzipSync } from "node:zlib"
import { directory } from "../support/directory.ts"
import { Random } from "./Random.ts"
import { type Left, memory, runFiles, type Setting } from "./runFiles.ts"

// A result is a function of the input: never of threads, pieces, chunks, memory or kernels.

/** What a run may be cut into, with the reference first: plain loops on one thread. */
const alone: ReadonlyArray<Setting> = [
  {},
  ...[1, 61, 4096].flatMap((chunkBytes) => [{ chunkBytes }, { chunkBytes, plain: true }])
]
const shared: ReadonlyArray<Setting> = [
  { crew: { threads: 2, pieceBytes: 257, eventBytes: memory.none } },
  { crew: { threads: 4, pieceBytes: 1500, eventBytes: 20_000 } },
  { crew: { threads: 1, pieceBytes: 64 } },
  { crew: { threads: 1, pieceBytes: 16_000_000, eventBytes: memory.none } }
]

const readPacked = (setting: Setting): boolean => setting.chunkBytes === undefined

const instant = (seconds: number): string => new Date(Date.UTC(2024, 6, 10) + seconds * 1000).toISOString()

const users = ["7", "42", "-3", "042", "ann", "bob", "Zoë", "名", "anonymous"]

interface Event {
  readonly id: string
  readonly user: string
  readonly t: string
  readonly kind: string
  readonly page: string | null
  readonly n: number
  readonly sid: string | null
}

/** Events with ties, duplicates that agree or conflict, far from the order of time; half of them of one user. */
const makeEvents = (random: Random, count: number): ReadonlyArray<Event> => {
  const made: Array<Event> = []
  for (let i = 0; i < count; i++) {
    const again = made.length > 0 && random.int(8) === 0 ? random.pick(made) : undefined
    if (again !== undefined) made.push(random.int(2) === 0 ? again : { ...again, n: again.n + 1 })
    else
      made.push({
        id: `e${i}`,
        user: random.int(2) === 0 ? "most" : random.pick(users),
        t: instant(random.int(40) * 600),
        kind: random.pick(["view", "click", "login", "tick"]),
        page: random.pick(["/a", "/b", "/ü?x=1", "", null]),
        n: random.int(7),
        sid: random.int(4) === 0 ? null : `s${random.int(3)}`
      })
  }
  return made
}

const jsonLine = (random: Random, event: Event): string => {
  const { id, kind, n, page, sid, t, user } = event
  const fields: Array<readonly [string, unknown]> = [
    ["id", id],
    ["user", user],
    ["t", t],
    ["kind", kind],
    ["page", page],
    ["n", n],
    ["sid", sid]
  ]
  const written = random.int(6) === 0 ? random.shuffled(fields) : fields
  const text = JSON.stringify(Object.fromEntries(written))
  const odd = [
    () => `${text} ${JSON.stringify({ ...event, id: `${id}+` })}`,
    () => text.replaceAll(":", ": ").replaceAll("https: ", "https:"),
    () => JSON.stringify({ pad: "x".repeat(random.int(900)), ...event }),
    () => text.replace("e", "\\u0065"),
    () => `${text},`,
    () => `  ${text}\r`,
    () => `${text}\n`,
    () => `${text}\n{"id":"broken${random.int(99)}", "user"\n[1]\n"x"`,
    () => JSON.stringify({ ...event, user: random.pick([null, "", true, { a: 1 }]) }),
    () => JSON.stringify({ ...event, t: random.pick(["soon", "2024-02-30T10:00:00Z", null, 5]) }),
    () => JSON.stringify({ ...event, n: "many" })
  ]
  return random.int(5) === 0 ? random.pick(odd)() : text
}

const jsonFile = (random: Random, count: number): string =>
  makeEvents(random, count)
    .map((event) => jsonLine(random, event))
    .join("\n")

/** So many events of one user at one instant that the kernels leave him to the plain way, him alone or those after him, too. */
const crowd = (user: string): string =>
  Array.from({ length: 40 }, (_, n) =>
    JSON.stringify({ id: `c${n}`, user, t: instant(600), kind: n % 3 === 0 ? "view" : `k${n}`, n })
  ).join("\n")

const mark = "\uFEFF"

const jsonFiles = (seed: number) => {
  const random = new Random(seed)
  return {
    "in/a.jsonl": `${mark}${jsonFile(random, 150)}\n`,
    "in/b.jsonl": jsonFile(random, 150),
    "in/c.jsonl": "",
    "in/d.jsonl.gz": gzipSync(jsonFile(random, 40)),
    "in/e.json": JSON.stringify(makeEvents(random, 20), null, 1),
    "in/f.jsonl": `\n\n${jsonFile(random, 30)}\n\n${" ".repeat(700)}\n`,
    "in/g.jsonl": '{"id":"last"',
    // Something to be noted after the last record of an input.
    "in/h.json": `${JSON.stringify(makeEvents(random, 5)).replace("},{", "},\n{").slice(0, -1)}\n`,
    "in/i.jsonl": `${"\n".repeat(300)}${jsonFile(random, 10)}\n\n  ,\n`,
    ...(seed % 2 === 0 ? {} : { "in/j.jsonl": crowd(random.pick(["3", "ann", "bobby", "z"])) })
  }
}

const quoted = (value: string | number | null): string =>
  value === null ? "" : `"${String(value).replaceAll('"', '""')}"`

/** Rows of which many have newlines and quotes inside quotes, so that most pieces begin at a wrong place. */
const csvRow = (random: Random, event: Event): string => {
  const page = random.int(2) === 0 ? event.page : `"${"x\n".repeat(random.int(40))}y,"\r\n"${event.page ?? ""}`
  const cells = [event.id, event.user, event.t, event.kind, page, event.n, event.sid]
  const row = cells.map((cell) => (random.int(2) === 0 || /[",\n\r]/.test(String(cell)) ? quoted(cell) : cell)).join()
  const odd = [
    () => `${row},extra`,
    () => `"unclosed,${row}`,
    () => `"closed"too,${event.id}`,
    () => `${row}\n`,
    () => [event.id, null, event.t, event.kind, null, 1, null].join(),
    () => [event.id, event.user, "soon", event.kind, null, 1, null].join(),
    () => [event.id, event.user, event.t, event.kind, "z".repeat(random.int(900)), 1, null].join(),
    () => [event.id, event.user, event.t, event.kind, null, "many", null].join()
  ]
  return random.int(6) === 0 ? random.pick(odd)() : row
}

const csvFile = (random: Random, count: number, header = "id,user,t,kind,page,n,sid"): string =>
  [header, ...makeEvents(random, count).map((event) => csvRow(random, event))].join("\n")

const csvFiles = (seed: number) => {
  const random = new Random(seed)
  return {
    "in/a.csv": `${mark}${csvFile(random, 120)}\n`,
    "in/b.csv": csvFile(random, 120).replaceAll("\n", "\r\n"),
    "in/c.csv": "",
    "in/d.csv.gz": gzipSync(csvFile(random, 30)),
    "in/e.csv": "id,user,t,kind,page,n,sid",
    "in/f.csv": `"id";"us""er";"user";t;kind;page;n;user\n${"1;;ann;2024-07-10T10:00:00Z;view;/a;1;x\n".repeat(30)}\n`
  }
}

const everything = (source: string) => `version: 1
name: everything
timezone: Europe/Berlin
source: { uri: "${source}" }
event:
  id: id
  user: user
  time: t
  type: kind
  columns: { page: page, n: "n::int64", long: "length(page) > 2", sid: sid, half: "n::double / 2", day: "t::timestamp::date", since: "t::timestamp - timestamp '2024-07-10T00:00:00Z'" }
  where: n < 6
  allowed: { type: [view, click, login, tick] }
order: [type]
sessions:
  gap: 25m
  boundary: split
  max_duration: 2h
  max_events: 5
  start: kind = 'login'
  change: [page]
  midnight: true
  passive: kind = 'tick'
  columns: { pages: count(distinct page), last_page: last(page), total: sum(n), listed: list(distinct page), halves: sum(half), gap: avg_gap(), mid: median(n) }
users: { columns: { best: max(n), halves: sum(half), active: "active_time(interval '10 minutes')" } }
tables:
  daily: { from: sessions, by: [date, user], columns: { sessions: count(*), longest: max(session_duration_sec), mean: avg(event_count) } }
  pages: { from: events, by: [page, long], columns: { views: count(*), from: min(t), days: count(distinct day), halves: sum(half), rest: sum(since) }, order: [views desc] }
  next: { from: sessions, where: event_count > 0, columns: { user: user, n: number(), next: next(session_start) }, order: [user, next desc], limit: 30 }
  weeks: { from: daily, by: [{ week: "date_trunc('week', date)" }], columns: { days: count(*) } }
  all: { from: users, columns: { users: count(*), best: max(best), halves: sum(halves) } }
outputs: { ${["sessions", "events", "users", "duplicates", "daily", "pages", "next", "weeks", "all"].map((name) => `${name}: { uri: $AT/out/${name}.jsonl }`).join(", ")}, rejects: { uri: $AT/out/rejects.csv }, inputs: { uri: $AT/out/inputs.csv } }
`

/** Fields that the kernels check by themselves. */
const simple = (source: string) => `version: 1
name: simple
source: { uri: "${source}" }
event: { id: id, user: user, time: t, type: kind, columns: { page: page } }
sessions: { gap: 30m }
outputs: { sessions: { uri: $AT/out/s.csv }, events: { uri: $AT/out/e.csv }, duplicates: { uri: $AT/out/d.jsonl }, rejects: { uri: $AT/out/r.jsonl }, inputs: { uri: $AT/out/i.csv } }
`

/** Sessions and nothing else, which the kernels can cut where the events lie. */
const sessionsAlone =
  (dedupe: string, columns = "") =>
  (source: string) =>
    `version: 1
name: alone
source: { uri: "${source}" }
event: { id: id, user: user, time: t, type: kind, columns: { page: page, n: n } }
dedupe: ${dedupe}
sessions: { gap: 10m, boundary: split }
outputs: { sessions: { uri: $AT/out/s.csv${columns} } }
`

/** Records of a strict form without times; ranks and shares, a union, documents, several outputs of a table. */
const derived = (source: string) => `version: 1
name: derived
source: { uri: "${source}" }
event: { id: id, user: user, type: kind, strict: true, columns: { at: t, page: page, n: "n::int64", sid: sid, hour: "strftime(parse_time(t, 'iso8601'), '%H')" } }
dedupe: [type, page, n]
users: { columns: { total: sum(n), pages: list(distinct page) } }
tables:
  people: { from: events, by: [user], columns: { n: count(*), best: max(n) } }
  hours: { from: events, where: hour is not null, by: [hour], columns: { n: count(*), users: count(distinct user) } }
  ranked: { from: people, columns: { user: user, rank: rank() over (order by n desc), share: n / sum(n) over (), of: count(*) over (partition by best) }, order: [rank, user desc] }
  first: { from: events, where: n > 3, columns: { user: user, at: at, n: number(), seen: "number() over (partition by page order by at desc, user)" } }
  other: { from: events, where: page is null, columns: { user: user, at: at, n: n, seen: n } }
  both: { from: [other, first] }
  top: { from: [first, other], by: [user], columns: { rows: count(*), last: last(at) } }
outputs:
  doc: { uri: $AT/out/doc.json, document: { users: users, hours: { table: hours, key: hour }, events: { table: events, columns: [user, page] } } }
  ranked: { uri: $AT/out/ranked.csv }
  both: { uri: $AT/out/both.jsonl }
  top: { uri: $AT/out/top.csv }
  some: { table: events, uri: $AT/out/some.csv, columns: [user, n] }
  events: { uri: $AT/out/events.jsonl }
  rejects: { uri: $AT/out/rejects.csv }
`

/** Whole records as keys, ties by content, given session ids, a composite user; rejects only counted. */
const other = (source: string) => `version: 1
name: other
source: { uri: "${source}" }
event: { user: { as: who, value: [user, kind] }, time: t, columns: { page: page, sid: sid, n: n } }
dedupe: record
tie: content
sessions: { by: sid, gap: 1h, columns: { pages: list(distinct page) } }
outputs: { sessions: { uri: $AT/out/s.json }, events: { uri: $AT/out/e.csv }, duplicates: { uri: $AT/out/d.csv } }
`

const check = async (
  files: Readonly<Record<string, string | Uint8Array>>,
  spec: (source: string) => string,
  settings: ReadonlyArray<Setting>
): Promise<void> => {
  const at = directory(files)
  // What is counted besides must not depend on it either.
  const gaps = spec === everything
  const references = new Map<string, Left>()
  for (const setting of settings) {
    const source = readPacked(setting) ? "$AT/in" : "$AT/in/*.{jsonl,json,csv}"
    const reference = references.get(source) ?? (await runFiles(at, spec(source), { plain: true, gaps }))
    references.set(source, reference)
    const left = await runFiles(at, spec(source), { ...setting, gaps })
    const about = JSON.stringify(setting)
    assert.deepStrictEqual(Object.keys(left.files), Object.keys(reference.files))
    for (const [name, text] of Object.entries(reference.files))
      assert.strictEqual(left.files[name], text, `${about} ${name}`)
    assert.deepStrictEqual(left.summary, reference.summary, about)
  }
}

const specs = {
  everything,
  simple,
  other,
  derived,
  "sessions alone": sessionsAlone("[user, time, type]"),
  "four columns": sessionsAlone("[user, time, type]", ", columns: [user, session_start, session_end, event_count]")
}

describe.each([
  ["JSON lines", jsonFiles],
  ["CSV", csvFiles]
] as const)("%s: the same bytes and the same summary", (_, files) => {
  it.each(Object.entries(specs))("however it is read by one thread: %s", async (_, spec) => {
    for (let seed = 1; seed <= 2; seed++) await check(files(seed), spec, alone)
  })

  it.each(Object.entries(specs))("for any number of threads, pieces and memory: %s", async (_, spec) => {
    // A thread takes half a second to start.
    await check(files(3), spec, spec === everything ? shared : shared.slice(0, 2))
  })

  it("covers what it is about: rejects, duplicates, ties, several inputs", async () => {
    const at = directory(files(3))
    const { summary } = await runFiles(at, everything("$AT/in"), { plain: true })
    const { accounting, inputs, sessions } = summary as Record<string, Record<string, number>>
    assert.isAbove(accounting.rejected, 20)
    assert.isAbove(accounting.duplicates, 20)
    assert.isAbove(accounting.filtered, 0)
    assert.isAbove(accounting.outside, 0)
    assert.isAbove(Object.keys(inputs).length, 5)
    assert.isAbove(sessions.ties_decided, 5)
  })
})

it("rejects alone: events of which nothing is made are counted as they are elsewhere", async () => {
  const spec = (outputs: string) => `version: 1
name: counted
source: { uri: $AT/in }
event: { user: user, time: t, type: kind, columns: { page: page, n: n } }
dedupe: none
outputs: { ${outputs}rejects: { uri: $AT/out/r.csv } }
`
  const at = directory(csvFiles(5))
  const counted = ({ summary }: Left) => ({ ...(summary as object), outputs: [] })
  for (const setting of [{ plain: true }, {}, shared[0]]) {
    const alone = await runFiles(at, spec(""), setting)
    const all = await runFiles(at, spec("events: { uri: $AT/out/e.csv }, "), setting)
    assert.deepStrictEqual(counted(alone), counted(all))
    assert.strictEqual(alone.files["r.csv"], all.files["r.csv"])
  }
})

it("one user with all events, most of them at one instant, in files that threads share", async () => {
  const random = new Random(9)
  const line = (i: number) =>
    JSON.stringify({ id: `e${random.int(250)}`, user: "u", t: instant(random.int(3)), kind: "view", page: `${i}` })
  const file = () => `${Array.from({ length: 150 }, (_, i) => line(i)).join("\n")}\n`
  await check({ "in/a.jsonl": file(), "in/b.jsonl": file() }, simple, shared.slice(0, 1))
})

it("sessions alone, of clean files, by every key of duplicates", async () => {
  const random = new Random(12)
  const file = () =>
    `${makeEvents(random, 150)
      .map((event) => JSON.stringify(event))
      .join("\n")}\n`
  const files = { "in/a.jsonl": file(), "in/b.jsonl": file() }
  for (const dedupe of ["id", "none", "[user, time, type]", "[n]", "[page, time]", "record"]) {
    await check(files, sessionsAlone(dedupe), [
      {},
      { chunkBytes: 500 },
      ...(dedupe === "[page, time]" ? shared.slice(0, 2) : [])
    ])
  }
})

it("an input is decided about by its beginning, not by how much of it the first piece has", async () => {
  const event = (i: number, more = {}) =>
    JSON.stringify({ id: `e${i}`, user: "u", t: instant(i), kind: "view", page: null, ...more })
  // By itself the first line is an object whose only array has the records.
  const small = `{"list":[${event(1)}]}\n${event(2)}\n${event(3)}\n`
  // What a thread reads first ends before the second line.
  const large = `{"list":[${event(1)}]}\n${event(2, { pad: "x".repeat(2_500_000) })}\n${event(3)}\n`
  await check({ "in/a.jsonl": small }, simple, [{ crew: { threads: 1, pieceBytes: 64 } }])
  await check({ "in/a.jsonl": large }, simple, [{ crew: { threads: 1, pieceBytes: 1_000_000 } }])
})
