import { assert, it } from "@effect/vitest"
import { directory } from "../support/directory.ts"
import { Random } from "./Random.ts"
import { memory, runFiles, type Setting } from "./runFiles.ts"

// Tables of funnels and the like see users in ranges: their bytes depend on no cut.

const settings: ReadonlyArray<Setting> = [
  { plain: true },
  { crew: { threads: 1, pieceBytes: 700 } },
  { crew: { threads: 2, pieceBytes: 3000, eventBytes: memory.none } },
  { crew: { threads: 4, pieceBytes: 20_000, eventBytes: 20_000 } }
]

const instant = (seconds: number): string => new Date(Date.UTC(2024, 6, 10) + seconds * 1000).toISOString()

const eventLine = (random: Random, i: number): string =>
  JSON.stringify({
    id: `e${i}`,
    user: random.int(3) === 0 ? "most" : `u${random.int(200)}`,
    t: instant(random.int(300) * 60),
    kind: random.pick(["view", "view", "view", "cart", "buy"]),
    device: random.pick(["web", "ios", "android", null]),
    page: random.pick(["/", "/?utm_source=n&utm_medium=email", "/?gclid=1", null]),
    from: random.pick(["https://www.google.de/", "https://own.example/", null]),
    oid: `o${random.int(400)}`
  })

const files = () => {
  const random = new Random(5)
  const lines = (from: number) => `${Array.from({ length: 1500 }, (_, i) => eventLine(random, from + i)).join("\n")}\n`
  // An odd number of events: buffers between threads are filled up to whole words.
  return { "in/a.jsonl": lines(0), "in/b.jsonl": `${lines(2000)}${eventLine(random, 4000)}\n` }
}

const tables: Readonly<Record<string, string>> = {
  way: `{ funnel: { steps: { view: kind = 'view', cart: kind = 'cart', buy: kind = 'buy' }, window: 1h, columns: { device: device } } }`,
  visit: `{ funnel: { steps: { view: kind = 'view', cart: kind = 'cart' }, within: session, order: strict } }`,
  back: `{ retention: { window: 2h, by: [{ hour: "date_trunc('hour', session_start)" }] } }`,
  sold: `{ compare: { from: sessions, by: [device], success: bought } }`,
  seen: `{ compare: { from: events, by: [kind], success: device = 'web', per: row } }`,
  orders: `{ attribution: { conversion: kind = 'buy', order_id: oid, revenue: "2.5", url: page, referrer: from, no_referrer: [own.example], lookback: 1h } }`,
  lost: `{ from: way_entered, where: not completed, by: [device, last_step], columns: { users: count(*) } }`
}

const written = [...Object.keys(tables), "way_entered", "visit_entered"]

const spec = `version: 1
name: analytics
source: { uri: "$AT/in" }
event: { id: id, user: user, time: t, type: kind, columns: { device: device, page: page, from: from, oid: oid } }
sessions: { gap: 10m, columns: { device: first(device), bought: any(kind = 'buy') } }
tables:
${Object.entries(tables)
  .map(([name, table]) => `  ${name}: ${table}\n`)
  .join("")}outputs: { ${written.map((name) => `${name}: { uri: $AT/out/${name}.jsonl }`).join()} }
`

it("tables of analyses have the same bytes for any number of threads, pieces and memory", async () => {
  const at = directory(files())
  const [reference, ...others] = settings
  const expected = await runFiles(at, spec, reference)
  for (const name of written) {
    assert.isAbove(expected.files[`${name}.jsonl`].split("\n").length, 2, name)
  }
  for (const setting of others) {
    const left = await runFiles(at, spec, setting)
    for (const [name, text] of Object.entries(expected.files)) {
      assert.strictEqual(left.files[name], text, `${JSON.stringify(setting)} ${name}`)
    }
    assert.deepStrictEqual(left.summary, expected.summary)
  }
})

it("nothing stands after the last event of the only user", async () => {
  const event = (i: number) => JSON.stringify({ id: `e${i}`, user: "u", t: instant(i), kind: "view", device: `d${i}` })
  const at = directory({ "in/a.jsonl": `${[0, 1, 2].map(event).join("\n")}\n` })
  const alone = `version: 1
name: alone
source: { uri: "$AT/in" }
event: { id: id, user: user, time: t, type: kind, columns: { device: device } }
tables:
  next: { from: events, columns: { device: device, n: number(), next: next(device), at: next(time) } }
  way: { funnel: { steps: { a: kind = 'view', b: kind = 'view', c: kind = 'view', d: kind = 'view' }, order: strict } }
outputs: { next: { uri: $AT/out/next.jsonl }, way_entered: { uri: $AT/out/way.jsonl } }
`
  const expected = await runFiles(at, alone, { plain: true })
  assert.include(expected.files["next.jsonl"], '{"device":"d2","n":3,"next":null,"at":null}')
  assert.include(expected.files["way.jsonl"], '"depth":3,')
  assert.deepStrictEqual(await runFiles(at, alone, { crew: { threads: 1, pieceBytes: 700 } }), expected)
})

it("retention alone, whose sessions the kernels can cut, is that of plain loops", async () => {
  const at = directory(files())
  const alone = `version: 1
name: alone
source: { uri: "$AT/in" }
event: { id: id, user: user, time: t }
dedupe: [user, time, id]
sessions: { gap: 10m }
tables: { back: { retention: { window: 2h, by: [date] } } }
outputs: { back: { uri: $AT/out/back.jsonl } }
`
  const expected = await runFiles(at, alone, { plain: true })
  assert.match(expected.files["back.jsonl"], /"observable":[1-9]/)
  for (const setting of [{}, { crew: { threads: 2, pieceBytes: 3000 } }]) {
    assert.deepStrictEqual(await runFiles(at, alone, setting), expected)
  }
})
