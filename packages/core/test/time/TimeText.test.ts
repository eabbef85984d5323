import { assert, describe, it } from "@effect/vitest"
import { timeTextMicros, timeTextReader } from "../../src/time/TimeText.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("timeTextMicros", () => {
  it("reads ISO 8601", () => {
    assert.strictEqual(timeTextMicros("1970-01-01T00:00:01.5Z"), 1_500_000)
    assert.strictEqual(timeTextMicros("1970-01-01T02:00+02:00"), 0)
    assert.isUndefined(timeTextMicros("soon"))
  })
})

describe("timeTextReader", () => {
  it("reads the format of a plan, times without a zone in its zone", () => {
    assert.strictEqual(timeTextReader("epoch_ms", "UTC")(bytes("1500")), 1_500_000)
    assert.strictEqual(timeTextReader("dd/MM/yyyy HH:mm", "Europe/Berlin")(bytes("01/01/1970 02:00")), 3_600_000_000)
    assert.isUndefined(timeTextReader("iso8601", "UTC")(bytes("2024-02-30T10:00:00Z")))
  })

  it("throws for a format or a zone that there is not", () => {
    assert.throws(() => timeTextReader("iso", "UTC"))
    assert.throws(() => timeTextReader("iso8601", "Europe/Berlim"))
  })
})
