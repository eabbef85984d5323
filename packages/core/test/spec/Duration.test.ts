import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { durationMicros, durationText } from "../../src/spec/Duration.ts"

describe("durationMicros", () => {
  it.each([
    ["0s", 0],
    ["500ms", 500_000],
    ["45s", 45e6],
    ["30m", 1800e6],
    ["90m", 5400e6],
    ["1h", 3600e6],
    ["1d", 86_400e6],
    ["1h30m", 5400e6],
    ["1d1h1m1s1ms", 90_061_001_000],
    ["007m", 420e6],
    ["104249d", 9_007_113_600_000_000]
  ])("of %s is %i", (text, micros) => {
    assert.strictEqual(durationMicros(text), micros)
  })

  it.each([
    "",
    "30",
    "m",
    "30 m",
    "30min",
    "1.5h",
    "-5m",
    "30M",
    "5us",
    "1w",
    " 5m",
    "5m ",
    "104250d",
    "99999999999999999999s"
  ])("of %j is none", (text) => {
    assert.isUndefined(durationMicros(text))
  })
})

const Millis = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9_000_000_000_000 }))

describe("durationText", () => {
  it.prop(
    "is read back as the same duration, for every number of milliseconds",
    { millis: Millis },
    ({ millis }) => durationMicros(durationText(millis * 1000)) === millis * 1000
  )

  it("is the shortest spelling", () => {
    const texts = [0, 500e3, 1800e6, 5400e6, 86_400e6, 90_061_001_000].map(durationText)
    assert.deepStrictEqual(texts, ["0s", "500ms", "30m", "1h30m", "1d", "1d1h1m1s1ms"])
  })
})
