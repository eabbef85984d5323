import { assert, describe, it } from "@effect/vitest"
import { LinePlaces } from "../../src/text/LinePlaces.ts"

describe("LinePlaces", () => {
  it("counts lines and finds where they begin, however the bytes are cut, with the last one ended or not", () => {
    for (const end of ["", "\n"]) {
      const lines = Array.from({ length: 5000 }, (_, i) => "x".repeat(i % 7))
      const bytes = new TextEncoder().encode(lines.join("\n") + end)
      let begin = 0
      const begins = lines.map((text) => (begin += text.length + 1) - text.length - 1)
      for (const size of [1, 7, 1000, bytes.length]) {
        const places = new LinePlaces()
        for (let at = 0; at < bytes.length; at += size) places.add(bytes.subarray(at, at + size))
        assert.strictEqual(places.total, lines.length)
        for (const line of [0, 1, 1023, 1024, 1025, 4999]) {
          const before = places.before(line)
          assert.isAtMost(before.line, line)
          assert.isAbove(before.line, line - 1024)
          assert.strictEqual(before.at, begins[before.line])
          const after = places.after(line)
          assert.isAtLeast(after, begins[line])
          assert.isTrue(after === bytes.length || begins.indexOf(after) < line + 1024)
        }
      }
    }
  })

  it("remembers fewer places of a text with very many lines", () => {
    const places = new LinePlaces()
    const million = new Uint8Array(1_000_000).fill(10)
    for (let i = 0; i < 70; i++) places.add(million)
    assert.strictEqual(places.total, 70_000_000)
    for (const line of [0, 2047, 2048, 35_000_001, 69_999_999]) {
      // Every line is one byte.
      const { at, line: first } = places.before(line)
      assert.deepStrictEqual([at, first], [Math.floor(line / 2048) * 2048, at])
    }
  })
})
