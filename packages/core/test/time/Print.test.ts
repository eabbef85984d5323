import { assert, describe, it } from "@effect/vitest"
import { secondsPerDay } from "../../src/time/Calendar.ts"
import { makeInstant, maxSeconds, minSeconds } from "../../src/time/Instant.ts"
import { iso8601 } from "../../src/time/Iso8601.ts"
import { dateText, instantText, instantWidth, writeDate, writeInstant } from "../../src/time/Print.ts"
import { utc } from "../../src/time/Zone.ts"
import { Micros, Second } from "./read.ts"

const parse = iso8601(utc)
const runs = { arbitrary: { runs: 2000 } }

describe("Print", () => {
  it.prop(
    "prints what iso8601 reads back as the same instant",
    [Second, Micros],
    ([seconds, micros]) => {
      const bytes = new Uint8Array(instantWidth + 2)
      const end = writeInstant(bytes, 2, seconds, micros)
      const out = makeInstant()
      return parse(bytes, 2, end, out) && out.seconds === seconds && out.micros === micros && !out.local
    },
    runs
  )

  it.prop(
    "prints milliseconds as Date does",
    [Second, Micros],
    ([seconds, micros]) => {
      const millis = Math.floor(micros / 1000)
      const expected = new Date(seconds * 1000 + millis).toISOString().replace(".000Z", "Z")
      return (
        instantText(seconds, millis * 1000) === expected &&
        dateText(Math.floor(seconds / secondsPerDay)) === expected.slice(0, 10)
      )
    },
    runs
  )

  it("prints as many digits of fraction as there are, by threes", () => {
    const texts = [0, 1, 1000, 120_000, 999_999].map((micros) => instantText(0, micros))
    assert.deepStrictEqual(texts, [
      "1970-01-01T00:00:00Z",
      "1970-01-01T00:00:00.000001Z",
      "1970-01-01T00:00:00.001Z",
      "1970-01-01T00:00:00.120Z",
      "1970-01-01T00:00:00.999999Z"
    ])
  })

  it("prints the first and the last instant", () => {
    assert.strictEqual(instantText(minSeconds, 0), "0001-01-01T00:00:00Z")
    assert.strictEqual(instantText(maxSeconds, 999_999), "9999-12-31T23:59:59.999999Z")
  })

  it("writes at the given place and nowhere else", () => {
    const bytes = new Uint8Array(14)
    assert.strictEqual(writeDate(bytes, 2, 0), 12)
    assert.strictEqual(String.fromCharCode(...bytes), "\0\u00001970-01-01\0\0")
  })
})
