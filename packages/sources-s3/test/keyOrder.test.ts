import { assert, describe, it } from "@effect/vitest"
import { keyOrder } from "../src/keyOrder.ts"

describe("keyOrder", () => {
  it("is the order of UTF-8 bytes", () => {
    const letters = [
      "",
      "a",
      "b",
      "/",
      "é",
      "\u07ff",
      "\u0800",
      "\ud7ff",
      "\ue000",
      "\uffee",
      "\u{10000}",
      "\u{1f600}",
      "\u{10ffff}"
    ]
    const texts = letters.flatMap((first) => letters.map((second) => first + second))
    for (const a of texts)
      for (const b of texts)
        assert.strictEqual(Math.sign(keyOrder(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)), `${a} ${b}`)
  })
})
