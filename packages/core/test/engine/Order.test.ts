import { assert, describe, it } from "@effect/vitest"
import { Interner } from "../../src/arrow/Interner.ts"
import { textRanks } from "../../src/engine/TextOrder.ts"
import { Random } from "../support/random.ts"
import { runSpec } from "../support/runSpec.ts"

const nines = (digits: number) => "9".repeat(digits)

/** In the order of users: canonical integers by value, then UTF-8 bytes. */
const ordered = [
  `-1${"0".repeat(400)}`,
  `-${nines(400)}`,
  "-90071992547409930",
  "-90071992547409929",
  "-9007199254740993",
  "-9007199254740992",
  "-10",
  "-9",
  "-1",
  "0",
  "1",
  "9",
  "10",
  "99",
  "9007199254740992",
  "9007199254740993",
  "90071992547409929",
  "90071992547409930",
  "1234567890123456789",
  "1234567890123456790",
  nines(400),
  `1${"0".repeat(400)}`,
  "",
  " 1",
  "+1",
  "-",
  "-0",
  "-01",
  "00",
  "01",
  "1.0",
  "1e3",
  "A",
  "B",
  "a",
  "a\u0000",
  "aa",
  "abcdef",
  "abcdef\u0000",
  "abcdefg",
  "abcdefh",
  "é",
  "中",
  // As UTF-16 the surrogates of U+10000 and above come before U+E000 to U+FFFF.
  "\ue000",
  "\uffee",
  "\u{10000}",
  "\u{1f600}",
  "\u{1f600}a"
]

const sortedBy = (texts: ReadonlyArray<string>, order: "user" | "utf8"): ReadonlyArray<string> => {
  const interner = new Interner()
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text)
    interner.intern(bytes, 0, bytes.length)
  }
  const ranks = textRanks(interner, order)
  return [...texts.keys()].sort((a, b) => ranks[a] - ranks[b]).map((code) => texts[code])
}

describe("the order of users", () => {
  it("has canonical integers first, by value, and then the rest by UTF-8 bytes", () => {
    for (let seed = 1; seed <= 20; seed++) {
      assert.deepStrictEqual(sortedBy(new Random(seed).shuffled(ordered), "user"), ordered, `seed ${seed}`)
    }
  })

  it("agrees with BigInt on random integers of 1 to 40 digits that share their first digits", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const lead = String(1 + random.int(1e9))
      const texts = new Set(
        Array.from({ length: 200 }, () => {
          const rest = Array.from({ length: random.int(32) }, () => random.int(random.pick([2, 10]))).join("")
          return `${random.pick(["", "-"])}${lead}${rest}`
        })
      )
      const expected = [...texts].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
      assert.deepStrictEqual(sortedBy([...texts], "user"), expected, `seed ${seed}`)
    }
  })

  it("is the order of the sessions, the events and the groups of a table", () => {
    const users = ordered.filter((user) => user.trim() !== "")
    const rows = new Random(1).shuffled(users).map((u) => ({ u, t: "2024-07-10T10:00:00Z" }))
    const { table } = runSpec(
      `event: { user: u, time: t }
sessions: {}
tables: { users: { from: events, by: [u], columns: { n: count(*) } } }`,
      rows
    )
    for (const name of ["sessions", "events", "users"])
      assert.deepStrictEqual(
        table(name).map(({ u }) => u),
        users,
        name
      )
  })
})

describe("text other than users", () => {
  it("is ordered by its UTF-8 bytes alone", () => {
    const bytes = (text: string) => Buffer.from(text)
    const expected = [...ordered].sort((a, b) => Buffer.compare(bytes(a), bytes(b)))
    assert.deepStrictEqual(sortedBy(new Random(1).shuffled(ordered), "utf8"), expected)
  })
})

describe("the order of a user's events", () => {
  const at = (minute: number, fields: Readonly<Record<string, unknown>>, name: string) => ({
    u: "a",
    t: `2024-07-10T10:0${minute}:00Z`,
    name,
    ...fields
  })
  const names = (body: string, rows: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
    runSpec(`event: { user: u, time: t, type: type, columns: { b: b, name: name } }\ndedupe: none\n${body}`, rows)
      .table("events")
      .map(({ name }) => name)
      .join("")

  it("is time, then the declared columns in their order, nulls first, then position", () => {
    const rows = [
      at(1, {}, "9"),
      at(0, { type: "y", b: "1" }, "8"),
      at(0, { type: "x", b: "2" }, "6"),
      at(0, { type: "x", b: "2" }, "7"),
      at(0, { type: "x", b: "10" }, "5"),
      at(0, { type: "x" }, "4"),
      at(0, { b: "1" }, "3"),
      at(0, { b: null }, "1"),
      at(0, {}, "2")
    ]
    assert.strictEqual(names("order: [type, b]", rows), "123456789")
    assert.strictEqual(names("order: [type, b]", [...rows].reverse()), "213457689")
    assert.strictEqual(names("", rows), "867543129")
  })

  it("can name columns by their role, and the time itself changes nothing", () => {
    const rows = [at(0, { type: "y" }, "2"), at(0, { type: "x" }, "1")]
    assert.strictEqual(names("order: [time, user, type]", rows), "12")
  })

  it("with tie: content is every mapped column, nulls first: user, time, type, then the columns as they are listed", () => {
    const rows = [
      at(0, { type: "x", b: "1" }, "5"),
      at(0, { type: "x", b: "1" }, "4"),
      at(0, { b: "2" }, "2"),
      at(0, { b: "1" }, "1"),
      at(0, { type: "x" }, "3")
    ]
    assert.strictEqual(names("tie: content", rows), "12345")
    assert.strictEqual(names("tie: content", [...rows].reverse()), "12345")
    assert.strictEqual(names("order: [name]\ntie: content", rows), "12345")
  })

  it("counts the events whose place only the tie decided, duplicates not among them", () => {
    const rows = [at(0, { type: "x" }, "1"), at(0, { type: "y" }, "2"), at(0, { type: "y" }, "3"), at(1, {}, "4")]
    const ties = (body: string) =>
      runSpec(`event: { user: u, time: t, type: type, columns: { name: name } }\nsessions: {}\n${body}`, rows).computed
        .sessions?.ties
    assert.strictEqual(ties("dedupe: none"), 2)
    assert.strictEqual(ties("dedupe: none\norder: [type]"), 1)
    assert.strictEqual(ties("dedupe: [type]\norder: [type]"), 0)
  })
})
