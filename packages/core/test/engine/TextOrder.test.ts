import { assert, describe, it } from "@effect/vitest"
import { TextPool } from "../../src/arrow/TextPool.ts"
import { type TextOrder, textRanks } from "../../src/engine/TextOrder.ts"
import { compareNames } from "../run/eventRuns.ts"
import { Random } from "../support/random.ts"

const pooled = (texts: ReadonlyArray<string>): TextPool => {
  const pool = new TextPool()
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text)
    pool.add(bytes, 0, bytes.length)
  }
  return pool
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** The texts in the order of their ranks; every rank from 0 is given once. */
const ordered = (texts: ReadonlyArray<string>, order: TextOrder): ReadonlyArray<string> => {
  const ranks = textRanks(pooled(texts), order)
  assert.deepStrictEqual(
    [...ranks].toSorted((a, b) => a - b),
    [...texts.keys()]
  )
  const found: Array<string> = []
  for (const [code, rank] of ranks.entries()) found[rank] = texts[code]
  return found
}

const check = (texts: ReadonlyArray<string>): void => {
  assert.deepStrictEqual(ordered(texts, "utf8"), texts.toSorted(byBytes))
  assert.deepStrictEqual(ordered(texts, "user"), texts.toSorted(compareNames))
}

const parts = [
  "",
  "a",
  "ab",
  "\0",
  "\u007F",
  "é",
  "名",
  "\u{1F600}",
  "\uFFFD",
  "0",
  "9",
  "-",
  "prefix-that-is-long-",
  "12345678"
]

describe("the ranks of texts", () => {
  it("are those of a plain sort, with common beginnings, zero bytes and every length", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed)
      const common = random.pick(["", "prefix-that-is-long-", "é"])
      const count = random.int(200)
      const all = Array.from(
        { length: count },
        () => common + Array.from({ length: random.int(5) }, () => random.pick(parts)).join("")
      )
      check([...new Set(all)])
    }
  })

  it("are those of a plain sort for integers of every length and sign", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed)
      const digits = () =>
        Array.from({ length: 1 + random.int(random.pick([3, 19, 30])) }, () => random.int(10)).join("")
      const all = Array.from({ length: 200 }, () => random.pick(["", "-", "", "-", "x"]) + digits())
      check([...new Set([...all, "0", "-0", "-1", String(2 ** 52), String(2 ** 52 + 1), String(-(2 ** 52) - 1)])])
    }
  })

  it("are those of a plain sort for so many texts that they are sorted by digits", () => {
    const random = new Random(5)
    const texts = Array.from({ length: 6000 }, (_, i) => {
      const n = (i * 7919) % 100_003
      return random.pick([`${n}`, `-${n}`, `user-${n}`, `same beginning of sixteen ${n}`, `é${n}`])
    })
    check([...new Set(texts)])
    check(Array.from({ length: 5000 }, (_, i) => String((i * 7919) % 5003)))
    check(Array.from({ length: 5000 }, (_, i) => `all-of-one-length-${String((i * 7919) % 5003).padStart(12, "0")}`))
  })

  it("of equal texts follow one another", () => {
    assert.deepStrictEqual(ordered(["b", "a", "b", "a"], "utf8"), ["a", "a", "b", "b"])
    assert.deepStrictEqual(ordered(["7", "x", "7"], "user"), ["7", "7", "x"])
  })

  it("of nothing are none", () => {
    assert.deepStrictEqual([...textRanks(pooled([]), "user")], [])
    assert.deepStrictEqual([...textRanks(pooled([""]), "utf8")], [0])
  })
})
