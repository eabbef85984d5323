import { assert, describe, it } from "@effect/vitest"
import { ExpressionFailed, PluginError, type Summary } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { gzipSync } from "node:zlib"
import { directory } from "../support/directory.ts"
import { Random } from "./Random.ts"
import { memory, runEffect, runFiles, type Setting } from "./runFiles.ts"

const spec = `version: 1
name: joined
source: { uri: $AT/in }
event:
  id: id
  user: user
  time: t
  columns: { note: note }
  enrich:
    people: { source: { uri: $AT/people }, key: name, on: user, columns: { age: "age::int64", team: team } }
    teams: { source: { uri: "$AT/teams.json" }, key: t, on: "substr(id, 1, 2)", columns: { size: size } }
  where: age is null or age > 20
sessions: { gap: 30m, change: [team], columns: { age: max(age) } }
tables:
  grown: { from: people, where: age >= 30, columns: { name: name, age: age, rank: rank() over (order by age desc) } }
  ages: { from: people, columns: { known: count(age), all: count(*) } }
outputs: { people: { uri: $AT/out/people.csv }, teams: { uri: $AT/out/teams.jsonl }, grown: { uri: $AT/out/grown.csv }, ages: { uri: $AT/out/ages.csv }, sessions: { uri: $AT/out/s.csv }, events: { uri: $AT/out/e.csv }, rejects: { uri: $AT/out/r.csv } }
`

const users = ["ann", "bob", "cid", "dan", "eve", "Zoë"]

/** Rows with newlines and quotes in quotes, so that pieces that begin at a wrong place are read again. */
const rows = (random: Random, count: number): ReadonlyArray<readonly [string, string, string, string]> =>
  Array.from({ length: count }, () => [
    `${random.int(40)}x${random.int(1000)}`,
    random.pick(users),
    new Date(Date.UTC(2024, 6, 10) + random.int(2000) * 60_000).toISOString(),
    random.int(3) === 0 ? `${"k\n".repeat(random.int(60))}"q",` : "plain"
  ])

const csv = (random: Random, count: number): string =>
  `id,user,t,note\n${rows(random, count)
    .map(([id, user, t, note]) => `${id},${user},${t},"${note.replaceAll('"', '""')}"\n`)
    .join("")}`

const jsonLines = (random: Random, count: number): string =>
  rows(random, count)
    .map(([id, user, t, note]) => `${JSON.stringify({ id, user, t, note })}\n`)
    .join("")

const files = (seed: number) => {
  const random = new Random(seed)
  return {
    "in/a.csv": csv(random, 150),
    "in/b.csv": csv(random, 100),
    "in/c.jsonl": jsonLines(random, 100),
    "people/1.csv": "name,age,team\nann,30,red\nbob,10,\nann,31,blue\n",
    "people/2.csv.gz": gzipSync("team,name\nred,Zoë\ngreen,cid\nextra,one,more\n"),
    "teams.json": JSON.stringify(Array.from({ length: 30 }, (_, i) => ({ t: `${i}`, size: { of: [i] } })))
  }
}

const settings: ReadonlyArray<Setting> = [
  {},
  { crew: { threads: 1, pieceBytes: 300, eventBytes: memory.none } },
  { crew: { threads: 2, pieceBytes: 200 } },
  { crew: { threads: 2, pieceBytes: 1000, eventBytes: memory.none } }
]

describe("files that are joined to events", () => {
  it("give the same bytes and the same counts for any number of threads, pieces and memory", async () => {
    const at = directory(files(1))
    const reference = await runFiles(at, spec, { plain: true })
    const { enriched, warnings } = reference.summary as Summary
    const [people, teams] = enriched
    assert.deepInclude(people, { name: "people", records: 6, rejected: 1, doubled: 1, unmatched_keys: 2 })
    assert.deepInclude(teams, { name: "teams", records: 30, doubled: 0 })
    // Keys that are numbers below 10 have an x after them, and 30 to 39 are not there.
    assert.isAbove(teams.unmatched_keys, 10)
    assert.isAbove(teams.unmatched, teams.unmatched_keys)
    assert.match(
      warnings[0],
      /^1 of 6 records of .*people \(enrich people\) could not be read: 1 × expected 2 fields, found 3$/
    )
    assert.include(reference.files["e.csv"], "red")
    // The first row with each key, in the order of the files.
    assert.strictEqual(reference.files["people.csv"], "name,age,team\nann,30,red\nbob,10,\nZoë,,red\ncid,,green\n")
    assert.strictEqual(reference.files["grown.csv"], "name,age,rank\nann,30,1\n")
    assert.strictEqual(reference.files["ages.csv"], "known,all\n2,4\n")
    assert.match(reference.files["teams.jsonl"], /^\{"t":"0","size":"\{\\"of\\":\[0\]\}"\}\n/)
    for (const setting of settings) {
      const left = await runFiles(at, spec, setting)
      assert.deepStrictEqual(left, reference, JSON.stringify(setting))
    }
  })

  it.each([
    [
      "a file that is not there",
      "$AT/teams.json",
      "$AT/no.json",
      /^event\.enrich\.teams\.source: no such file: .*no\.json$/
    ],
    [
      "a key that the file does not have",
      "key: t,",
      "key: nr,",
      /^event\.enrich\.teams\.key: no record of .*teams\.json has a value for "nr"$/
    ]
  ])("end the run by threads with a clear error: %s", async (_, text, other, message) => {
    const at = directory(files(2))
    const run = runEffect(at, spec.replace(text, other), { crew: { threads: 2, pieceBytes: 200 } })
    const error = await Effect.runPromise(Effect.flip(run))
    assert.instanceOf(error, PluginError)
    assert.match(error.message, message)
  })

  it("end the run where a column cannot be computed", async () => {
    const at = directory(files(2))
    const run = runEffect(at, spec.replace("size: size", "size: size::int64"), {
      crew: { threads: 2, pieceBytes: 200 }
    })
    const error = await Effect.runPromise(Effect.flip(run))
    assert.instanceOf(error, ExpressionFailed)
    assert.match(error.message, /^event\.enrich\.teams\.columns\.size: invalid int64 in "size"/)
  })
})
