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
  return { "in/a.jsonl": lines(0), "in/b.jsonl": lines(2000) }
}

const tables: Readonly<Record<string, string>> = {
  way: `{ funnel: { steps: { view: kind = 'view', cart: kind = 'cart', buy: kind = 'buy' }, window: 1h, columns: { device: device } } }`,
  visit: `{ funnel: { steps: { view: kind = 'view', cart: kind = 'cart' }, within: session, order: strict } }`,
  back: `{ retention: { window: 2h, by: [{ hour: "date_trunc('hour', session_start)" }] } }`,
  sold: `{ compare: { from: sessions, by: [device], success: bought } }`,
  seen: `{ compare: { from: events, by: [kind], success: device = 'web', per: row } }`,
  orders: `{ attribution: { conversion: kind = 'buy', order_id: oid, revenue: "2.5", url: page, referrer: from, no_referrer: [own.example], lookback: 1h } }`,
  lost: `{ from: way.entered, where: not completed, by: [device, last_step], columns: { users: count(*) } }`
}

const written = [...Object.keys(tables), "way.entered", "visit.entered"]

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
