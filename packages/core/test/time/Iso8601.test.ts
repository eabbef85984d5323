import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { makeInstant } from "../../src/time/Instant.ts"
import { iso8601 } from "../../src/time/Iso8601.ts"
import { utc } from "../../src/time/Zone.ts"
import { read, readLocal, zone } from "./read.ts"

const parse = iso8601(utc)

const corpus = new URL("../../../../../shared/corpora/date-time/date-time.json", import.meta.url)

/** Cases of the corpus, which is about RFC 3339, that are decided otherwise here. */
const deviations = new Map([
  ["1998-12-31T23:59:60Z", "leap seconds have no place in microseconds since 1970"],
  ["1998-12-31T15:59:60.123-08:00", "leap seconds have no place in microseconds since 1970"],
  ["1985-04-12T23:20:50+01", "ISO 8601 allows an offset of hours alone, and PostgreSQL prints it"]
])

interface Group {
  readonly tests: ReadonlyArray<{ readonly data: unknown; readonly valid: boolean }>
}

describe.skipIf(!existsSync(corpus))("iso8601 on the date-time corpus", () => {
  const groups: ReadonlyArray<Group> = existsSync(corpus) ? JSON.parse(readFileSync(corpus, "utf8")) : []
  const cases = groups.flatMap(({ tests }) => tests).filter((test) => typeof test.data === "string")

  it.each(cases)("$data is valid: $valid", ({ data, valid }) => {
    const text = String(data)
    assert.strictEqual(read(parse, text) !== undefined, deviations.has(text) ? !valid : valid)
  })

  it("holds every listed deviation", () => {
    assert.deepStrictEqual(
      [...deviations.keys()].filter((text) => !cases.some(({ data }) => data === text)),
      []
    )
  })
})

describe("iso8601", () => {
  it.each([
    ["2024-01-05T10:00Z", "2024-01-05T10:00:00Z"],
    ["2024-01-05T10:00:00,5Z", "2024-01-05T10:00:00.500Z"],
    ["2024-01-05T10:00:00.1234567Z", "2024-01-05T10:00:00.123456Z"],
    ["2024-01-05T10:00:00.999999999999999999Z", "2024-01-05T10:00:00.999999Z"],
    ["2024-01-05T10:00:00.0000009-00:00", "2024-01-05T10:00:00Z"],
    ["2024-01-05 10:00 GMT", "2024-01-05T10:00:00Z"],
    ["2024-01-05 10:00UTC", "2024-01-05T10:00:00Z"],
    ["2024-01-05 10:00:00 z", "2024-01-05T10:00:00Z"],
    ["2024-01-05 10:00:00 +0530", "2024-01-05T04:30:00Z"],
    ["2024-01-05 10:00:00-23:59", "2024-01-06T09:59:00Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
    ["0001-01-01T01:00:00+01:00", "0001-01-01T00:00:00Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"]
  ])("reads %s", (text, expected) => {
    assert.strictEqual(read(parse, text), expected)
  })

  it.each([
    "",
    "2024-01-05",
    "2024-01-05T",
    "2024-01-05T10",
    "2024-01-05T10Z",
    "2024-01-05T10:00:",
    "2024-01-05T10:00:0",
    "2024-01-05T10:00:00.",
    "2024-01-05T10:00:00.Z",
    "2024-01-05T10:00.5Z",
    "2024-01-05T10:00:00.1234567890123456789Z",
    "2024-01-05T10:00:00+",
    "2024-01-05T10:00:00+1",
    "2024-01-05T10:00:00+010",
    "2024-01-05T10:00:00+01:0",
    "2024-01-05T10:00:00+01:00:00",
    "2024-01-05T10:00:00+24",
    "2024-01-05T10:00:00+0160",
    "2024-01-05T10:00:00 ",
    "2024-01-05T10:00:00  Z",
    "2024-01-05T10:00:00utc",
    "2024-01-05T10:00:00 EST",
    "2024-01-05T10:00:00\u22120100",
    " 2024-01-05T10:00:00Z",
    "2024-01-05T10:00:00Z ",
    "2024-01-05  10:00:00Z",
    "2024-01-05_10:00:00Z",
    "20240105T100000Z",
    "2024-00-05T10:00:00Z",
    "2024-13-05T10:00:00Z",
    "2024-01-00T10:00:00Z",
    "2023-02-29T10:00:00Z",
    "1900-02-29T10:00:00Z",
    "2024-04-31T10:00:00Z",
    "0000-12-31T23:00:00Z",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01"
  ])("refuses %j", (text) => {
    assert.isUndefined(read(parse, text))
  })

  it("takes the given zone where the text has none, and says so", () => {
    const berlin = iso8601(zone("Europe/Berlin"))
    const facts = { skipped: false, doubled: false }
    assert.deepStrictEqual(readLocal(berlin, "2024-07-10T10:00:00.25"), {
      instant: "2024-07-10T08:00:00.250Z",
      local: true,
      ...facts
    })
    assert.deepStrictEqual(readLocal(berlin, "2024-07-10T10:00:00Z"), {
      instant: "2024-07-10T10:00:00Z",
      local: false,
      ...facts
    })
  })

  it("refuses an instant that the given zone puts outside the years 0001 to 9999", () => {
    assert.isUndefined(read(iso8601(zone("+01:00")), "0001-01-01T00:00:00"))
    assert.isUndefined(read(iso8601(zone("-01:00")), "9999-12-31T23:30:00"))
  })

  it("forgets the flags of the time before", () => {
    const newYork = iso8601(zone("America/New_York"))
    const out = makeInstant()
    const facts = (text: string) => {
      const bytes = new TextEncoder().encode(text)
      assert.isTrue(newYork(bytes, 0, bytes.length, out))
      return [out.skipped, out.doubled, out.local]
    }
    assert.deepStrictEqual(facts("2024-03-10T02:30:00"), [true, false, true])
    assert.deepStrictEqual(facts("2024-03-10T02:30:00Z"), [false, false, false])
    assert.deepStrictEqual(facts("2024-11-03T01:30:00"), [false, true, true])
    assert.deepStrictEqual(facts("2024-11-03T01:30:00Z"), [false, false, false])
    assert.deepStrictEqual(facts("2024-03-10T02:30:00"), [true, false, true])
    assert.deepStrictEqual(facts("2024-07-10T02:30:00"), [false, false, true])
  })

  it("agrees with Date on every one-byte change and every prefix that both read", () => {
    const text = "2024-02-29T10:30:45.123+05:30"
    const bytes = new TextEncoder().encode(text)
    const strict = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,18})?)?( ?(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?))?$/
    const out = makeInstant()
    let accepted = 0
    const check = (candidate: Uint8Array) => {
      const shown = String.fromCharCode(...candidate)
      if (!parse(candidate, 0, candidate.length, out)) return
      accepted++
      assert.match(shown, strict)
      const canonical = shown
        .replace(",", ".")
        .replace(/(?<=:.*) /, "")
        .replace(/([+-]\d\d)$/, "$1:00")
      const zoned = /[Zz]$|[+-]\d\d:\d\d$/.test(canonical) ? canonical : `${canonical}Z`
      assert.strictEqual(out.seconds * 1000 + Math.floor(out.micros / 1000), Date.parse(zoned), shown)
    }
    for (let end = 0; end <= bytes.length; end++) check(bytes.subarray(0, end))
    assert.strictEqual(accepted, 7)
    for (let at = 0; at < bytes.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const mutant = bytes.slice()
        mutant[at] = byte
        check(mutant)
      }
    }
    assert.isAbove(accepted, 100)
  })
})
