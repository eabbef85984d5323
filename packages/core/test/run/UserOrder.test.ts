import { assert, describe, it } from "@effect/vitest"
import { Interner } from "../../src/arrow/Interner.ts"
import { textRanks } from "../../src/engine/TextOrder.ts"
import { compareUsers, isInteger } from "../../src/run/UserOrder.ts"
import { Random } from "../support/random.ts"
import { compareNames, names } from "./eventRuns.ts"

const encode = (name: string): Uint8Array => new TextEncoder().encode(name)

const compare = (a: string, b: string): number => {
  // Inside longer texts, as in a dictionary.
  const [left, right] = [encode(`x${a}9`), encode(`zz${b}1`)]
  return Math.sign(compareUsers(left, 1, left.length - 1, right, 2, right.length - 1))
}

describe("the order of users", () => {
  it.each([
    ["0", true],
    ["42", true],
    ["-7", true],
    ["9007199254740993", true],
    ["", false],
    ["-", false],
    ["-0", false],
    ["00", false],
    ["042", false],
    ["-07", false],
    ["+1", false],
    ["1.0", false],
    ["1e3", false],
    [" 1", false],
    ["１", false]
  ])("%j is a canonical integer: %s", (name, expected) => {
    assert.strictEqual(isInteger(encode(name), 0, encode(name).length), expected)
  })

  const random = new Random(11)
  const more = Array.from({ length: 60 }, () => {
    const digits = Array.from({ length: 1 + random.int(20) }, () => random.int(10)).join("")
    return random.pick([digits, `-${digits}`, digits.replace(/^0+(?=.)/, ""), `u${digits}`, `${digits}\u{1F600}`])
  })
  const all = [
    ...new Set([...names, ...more, "9007199254740992", "9007199254740993", "4503599627370496", "4503599627370497"])
  ]

  it("is integers by value, then the rest by bytes: for every pair", () => {
    for (const a of all)
      for (const b of all) assert.strictEqual(compare(a, b), Math.sign(compareNames(a, b)), `${a} ${b}`)
  })

  it("is that of the ranks of a dictionary", () => {
    const interner = new Interner()
    for (const name of random.shuffled(all)) interner.intern(encode(name), 0, encode(name).length)
    const ranks = textRanks(interner, "user")
    const ranked = Array.from({ length: all.length }, () => "")
    for (const [code, rank] of ranks.entries()) ranked[rank] = interner.text(code)
    assert.deepStrictEqual(ranked, all.toSorted(compare))
  })
})
