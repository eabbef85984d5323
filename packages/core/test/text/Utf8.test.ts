import { assert, describe, it } from "@effect/vitest"
import { isUtf8 } from "../../src/text/Utf8.ts"

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

/** No sequence tried here is U+FFFD itself. */
const decodes = (bytes: Uint8Array): boolean => !decoder.decode(bytes).includes("\ufffd")

/** The bytes at the borders of every range in the table of well-formed sequences. */
const borders = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
  0xf1, 0xf3, 0xf4, 0xf5, 0xff
]

describe("isUtf8", () => {
  it("agrees with TextDecoder on every pair of bytes", () => {
    const differing: Array<ReadonlyArray<number>> = []
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        const pair = Uint8Array.of(a, b)
        if (isUtf8(pair, 0, 2) !== decodes(pair)) differing.push([a, b])
      }
    }
    assert.deepStrictEqual(differing, [])
  })

  it("agrees with TextDecoder on three and four bytes from the borders of all ranges", () => {
    const differing: Array<ReadonlyArray<number>> = []
    const compare = (...sequence: ReadonlyArray<number>) => {
      const bytes = Uint8Array.from(sequence)
      if (isUtf8(bytes, 0, bytes.length) !== decodes(bytes)) differing.push(sequence)
    }
    for (const a of borders) {
      for (const b of borders) {
        for (const c of borders) {
          compare(a, b, c)
          if (a >= 0xf0) for (const d of borders) compare(a, b, c, d)
        }
      }
    }
    assert.deepStrictEqual(differing, [])
  })

  it("looks at the range alone: a sequence that goes on after it is cut short", () => {
    const euro = Uint8Array.of(0x61, 0xe2, 0x82, 0xac, 0xff)
    assert.isTrue(isUtf8(euro, 1, 4))
    assert.isFalse(isUtf8(euro, 1, 3))
    assert.isTrue(isUtf8(euro, 0, 1))
  })
})
