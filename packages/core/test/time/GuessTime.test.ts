import { assert, describe, it } from "@effect/vitest"
import { guessTime } from "../../src/time/GuessTime.ts"

const now = Date.UTC(2024, 6, 10) / 1000
const encoder = new TextEncoder()
const guess = (samples: ReadonlyArray<string>) =>
  guessTime(
    samples.map((text) => encoder.encode(text)),
    now
  )
const times = (count: number, text: (i: number) => string) => Array.from({ length: count }, (_, i) => text(i))

describe("guessTime", () => {
  it.each([
    ["iso8601", "2024-01-05T10:00:00Z", false],
    ["iso8601", "2024-01-05 10:00:00", true],
    ["iso8601", "2019-10-01 00:00:00 UTC", false],
    ["yyyy-MM-dd", "2024-01-05", true],
    ["yyyyMMdd", "20240105", true],
    ["epoch_s", "1704448800", false],
    ["epoch_s", "1704448800.25", false],
    ["epoch_ms", "1704448800123", false],
    ["epoch_ms", "1.704448800123e12", false],
    ["epoch_us", "1704448800123456", false],
    ["epoch_ns", "1704448800123456789", false],
    ["dd/MMM/yyyy:HH:mm:ss Z", "05/Jan/2024:10:00:00 -0700", false],
    ["yyyy/MM/dd HH:mm:ss", "2024/01/05 10:00:00", true],
    ["dd/MM/yyyy", "25/01/2024", true],
    ["MM/dd/yyyy", "01/25/2024", true],
    ["MM/dd/yyyy HH:mm", "01/25/2024 10:00", true],
    ["dd.MM.yyyy HH:mm:ss", "25.01.2024 10:00:00", true],
    ["dd-MM-yyyy", "25-01-2024", true],
    ["M/d/yyyy h:mm a", "1/25/2024 9:05 PM", true],
    ["EEE MMM dd yyyy HH:mm:ss", "Fri Jan 05 2024 11:00:00", true],
    ["EEE MMM dd yyyy HH:mm:ss 'GMT'Z (zzzz)", String(new Date(now * 1000)), false]
  ])("finds %s in %s", (format, text, noZone) => {
    assert.deepStrictEqual(guess([text, text]), { kind: "format", format, parsed: 2, total: 2, noZone })
  })

  it("accepts bad rows up to half", () => {
    const good = "2024-01-05T10:00:00Z"
    assert.deepStrictEqual(guess([good, "n/a", "?", good]), {
      kind: "format",
      format: "iso8601",
      parsed: 2,
      total: 4,
      noZone: false
    })
    assert.deepStrictEqual(guess([good, "n/a", "?"]), {
      kind: "none",
      best: { format: "iso8601", parsed: 1, total: 3 }
    })
  })

  it("finds nothing in words, small numbers and an empty column", () => {
    assert.deepStrictEqual(guess(["login", "logout"]), { kind: "none" })
    assert.deepStrictEqual(guess(["1", "2", "3"]), { kind: "none" })
    assert.deepStrictEqual(guess([]), { kind: "none" })
  })

  it("accepts numbers when 99 % of them fall between 1990 and a year from now in one unit", () => {
    const column = (zeros: number) => times(200, (i) => (i < zeros ? "0" : `${1_704_448_800 + i}`))
    assert.strictEqual(guess(column(2)).kind, "format")
    assert.deepStrictEqual(guess(column(3)), { kind: "none", best: { format: "epoch_s", parsed: 197, total: 200 } })
  })

  it("holds numbers to the years 1990 to next year", () => {
    const inside = [Date.UTC(1990, 0, 1) / 1000, now + 365 * 86_400]
    const outside = [Date.UTC(1990, 0, 1) / 1000 - 1, now + 367 * 86_400]
    assert.deepStrictEqual(
      inside.map((seconds) => guess([`${seconds}`]).kind),
      ["format", "format"]
    )
    assert.deepStrictEqual(
      outside.map((seconds) => guess([`${seconds}`]).kind),
      ["none", "none"]
    )
  })

  it("refuses two units in one column and counts both", () => {
    const column = times(10, (i) => (i < 4 ? "1704448800" : "1704448800000"))
    assert.deepStrictEqual(guess(column), { kind: "mixed", counts: { epoch_s: 4, epoch_ms: 6 } })
  })

  it("takes numbers among text for bad rows", () => {
    const column = ["2024-01-05T10:00:00Z", "2024-01-05T10:00:00Z", "1704448800"]
    assert.deepInclude(guess(column), { kind: "format", format: "iso8601", parsed: 2, total: 3 })
  })

  it("decides day or month first by one part over 12", () => {
    const column = ["01/02/2024", "03/04/2024", "13/04/2024", "02/01/2024"]
    assert.deepInclude(guess(column), { format: "dd/MM/yyyy", parsed: 4 })
  })

  it("decides day or month first by which reading is sorted", () => {
    const two = times(12, (i) => String(i + 1).padStart(2, "0"))
    const pairs = two.flatMap((slow) => two.map((quick) => ({ slow, quick })))
    assert.deepInclude(guess(pairs.map(({ slow, quick }) => `${quick}/${slow}/2024`)), { format: "dd/MM/yyyy" })
    assert.deepInclude(guess(pairs.map(({ slow, quick }) => `${slow}/${quick}/2024`)), { format: "MM/dd/yyyy" })
    const nearlySorted = ["02/01/2024", "01/02/2024", ...pairs.map(({ slow, quick }) => `${quick}/${slow}/2024`)]
    assert.deepInclude(guess(nearlySorted), { format: "dd/MM/yyyy" })
  })

  it("does not decide by order where neither reading is nearly sorted", () => {
    const formats = ["dd/MM/yyyy", "MM/dd/yyyy"] as const
    const column = ["05/02/2024", "04/07/2024", "03/01/2024", "02/03/2024", "09/02/2024", "01/01/2024"]
    assert.deepStrictEqual(guess(column), { kind: "ambiguous", formats })
  })

  it("leaves day or month first open when nothing tells", () => {
    const formats = ["dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm"] as const
    assert.deepStrictEqual(guess(["05/05/2024 10:00", "06/06/2024 10:00"]), { kind: "ambiguous", formats })
  })

  it("refuses a column with both day first and month first", () => {
    const column = ["25/01/2024", "01/25/2024", "26/01/2024", "05/06/2024"]
    assert.deepStrictEqual(guess(column), { kind: "mixed", counts: { "dd/MM/yyyy": 2, "MM/dd/yyyy": 1 } })
  })
})
