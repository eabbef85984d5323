import { assert, describe, it } from "@effect/vitest"
import { SpecError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync } from "node:fs"
import { directory } from "../support/directory.ts"
import { memory, runEffect, runFiles } from "../threads/runFiles.ts"

const events = [
  ["ann", "2024-07-10T10:00:00Z", "view"],
  ["ann", "2024-07-10T10:01:00Z", 'a "b"'],
  ["bob", "2024-07-10T11:00:00Z", "view"]
].map(([user, t, kind]) => JSON.stringify({ user, t, kind }))

const spec = (outputs: string, more = "") => `version: 1
name: documents
source: { uri: $AT/e.jsonl }
event: { user: user, time: t, type: kind }
sessions: { gap: 30m }
tables:
  people: { from: events, by: [user], columns: { n: count(*), kinds: list(distinct kind) } }
  hours: { from: events, by: [{ hour: "date_trunc('hour', t)" }], columns: { n: count(*), users: count(distinct user) } }
  none: { from: events, where: "false", by: [user], columns: { n: count(*) } }
  few: { from: events, columns: { user: user } }
${more}outputs: { ${outputs} }
`

const both = `doc: { uri: $AT/out/doc.json, document: { people: people, "by hour": { table: hours, key: hour }, sessions: { table: sessions, columns: [user, event_count] } } }, people: { uri: $AT/out/people.csv }, again: { table: people, uri: $AT/out/again.jsonl, columns: [kinds] }, starts: { table: sessions, uri: $AT/out/starts.csv, columns: [session_start] }`

describe("a JSON document", () => {
  it("has the tables as lists or by a key, beside other outputs of the same tables, with any number of threads", async () => {
    const at = directory({ "e.jsonl": events.join("\n") })
    const reference = await runFiles(at, spec(both), { plain: true })
    const people = [
      { user: "ann", n: 2, kinds: ['a "b"', "view"] },
      { user: "bob", n: 1, kinds: ["view"] }
    ]
    assert.deepStrictEqual(JSON.parse(reference.files["doc.json"]), {
      people,
      "by hour": {
        "2024-07-10T10:00:00Z": { n: 2, users: 1 },
        "2024-07-10T11:00:00Z": { n: 1, users: 1 }
      },
      sessions: [
        { user: "ann", event_count: 2 },
        { user: "bob", event_count: 1 }
      ]
    })
    assert.match(reference.files["doc.json"], /^\{\n"people":\[\n\{"user":"ann".*\}\n\]\n\}\n$/s)
    assert.strictEqual(reference.files["people.csv"], 'user,n,kinds\nann,2,"a ""b"";view"\nbob,1,view\n')
    assert.strictEqual(reference.files["again.jsonl"], '{"kinds":["a \\"b\\"","view"]}\n{"kinds":["view"]}\n')
    assert.strictEqual(reference.files["starts.csv"].split("\n").length, 4)
    for (const crew of [
      { threads: 1, pieceBytes: 60 },
      { threads: 2, pieceBytes: 60, eventBytes: memory.none }
    ]) {
      assert.deepStrictEqual((await runFiles(at, spec(both), { crew })).files, reference.files)
    }
  })

  it("is complete where its tables have no rows", async () => {
    const at = directory({ "e.jsonl": events.join("\n") })
    const outputs = `doc: { uri: $AT/out/doc.json, document: { a: none, b: { table: none, key: user }, c: { table: hours, key: hour, columns: [hour] } } }`
    const { files } = await runFiles(at, spec(outputs), {})
    assert.deepStrictEqual(JSON.parse(files["doc.json"]), {
      a: [],
      b: {},
      c: { "2024-07-10T10:00:00Z": {}, "2024-07-10T11:00:00Z": {} }
    })
  })

  it("leaves nothing behind, and other outputs as they were, if one of its rows has no name", async () => {
    const at = directory({ "e.jsonl": '{"user":"a","t":"2024-07-10T10:00:00Z"}\n' })
    const named = `doc: { uri: $AT/doc.json, document: { kinds: { table: kinds, key: kind } } }, people: { uri: $AT/people.csv }`
    const run = runEffect(at, spec(named, "  kinds: { from: events, by: [kind], columns: { n: count(*) } }\n"), {})
    const error = await Effect.runPromise(Effect.flip(run))
    assert.strictEqual(error.message, '"kind" names the members of an object and is null in a row')
    assert.isFalse(existsSync(`${at}/doc.json`))
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl"])
  })

  it.each([
    ["no table", "document: { a: nobody }", '11:54: no table "nobody"; expected sessions, events'],
    ["nothing", "document: {}", "11:49: a document needs a table"],
    [
      "a key that is not the only one",
      "document: { a: { table: few, key: user } }",
      '11:73: "user" may be there twice: it has to be the only column in "by" of the table "few"'
    ],
    [
      "a key that there is not",
      "document: { a: { table: people, key: usr } }",
      '11:76: no column "usr" (did you mean "user"?)'
    ],
    ["a format of its own", "document: { a: people }, format: csv", '11:64: a document has no "format" of its own'],
    [
      "no such column",
      "document: { a: { table: people, columns: [m] } }",
      '11:81: no column "m"; expected user, n or kinds'
    ]
  ])("is told what is wrong with it: %s", async (_, document, problem) => {
    const at = directory({})
    const error = await Effect.runPromise(
      Effect.flip(runEffect("/x", spec(`doc: { uri: "/x/doc.json", ${document} }`), {}))
    )
    assert.instanceOf(error, SpecError)
    assert.include(error.message, `spec.yaml:${problem}`)
    assert.isEmpty(readdirSync(at))
  })
})
