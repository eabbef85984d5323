import { assert, describe, it } from "@effect/vitest"
import { Interner } from "../../src/arrow/Interner.ts"
import { Random } from "../support/random.ts"

const key = (bytes: Uint8Array): string => bytes.join()

describe("Interner", () => {
  it("agrees with a map on random bytes, few enough that most come again", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed)
      const interner = new Interner()
      const codes = new Map<string, number>()
      for (let i = 0; i < 400; i++) {
        const source = Uint8Array.from({ length: 12 }, () => random.int(random.pick([2, 256])))
        const start = random.int(6)
        const end = start + random.int(7)
        const value = key(source.subarray(start, end))
        assert.strictEqual(interner.find(source, start, end), codes.get(value) ?? -1, `seed ${seed}`)
        const code = interner.intern(source, start, end)
        assert.strictEqual(code, codes.get(value) ?? codes.size, `seed ${seed}`)
        assert.strictEqual(interner.find(source, start, end), code)
        codes.set(value, code)
      }
      assert.strictEqual(interner.size, codes.size)
    }
  })

  it("finds texts that were added without looking for them, through growth and after it was cleared", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const interner = new Interner()
      let codes = new Map<string, number>()
      for (let i = 0; i < 2000; i++) {
        const source = Uint8Array.from({ length: 4 }, () => random.int(6))
        const value = key(source)
        const known = codes.get(value)
        if (random.int(700) === 0) {
          interner.clear()
          codes = new Map()
        } else if (known === undefined && random.int(8) > 0) codes.set(value, interner.add(source, 0, 4))
        else if (random.int(20) === 0) {
          assert.strictEqual(interner.find(source, 0, 4), known ?? -1, `seed ${seed}`)
          const code = interner.intern(source, 0, 4)
          assert.strictEqual(code, known ?? codes.size, `seed ${seed}`)
          codes.set(value, code)
        }
      }
      assert.strictEqual(interner.size, codes.size)
    }
  })

  it("gives every value one code through all its growth, and keeps the bytes", () => {
    const interner = new Interner()
    const count = 20_000
    const bytes = Array.from({ length: count }, (_, i) => new TextEncoder().encode(`value ${i}`))
    for (let round = 0; round < 2; round++) {
      const codes = bytes.map((value) => interner.intern(value, 0, value.length))
      assert.deepStrictEqual(
        codes.filter((code, i) => code !== i),
        []
      )
    }
    assert.strictEqual(interner.size, count)
    for (let code = 0; code < count; code += 97) assert.strictEqual(interner.text(code), `value ${code}`)
  })

  it("tells values apart that begin alike, end alike, are empty or longer than its first memory", () => {
    const interner = new Interner()
    const long = new Uint8Array(10_000).fill(7)
    const texts = [[], [0], [0, 0], [0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 2, 3, 4], [1, 2, 3, 5], [0, 2, 3, 4]].map(
      (bytes) => Uint8Array.from(bytes)
    )
    const values = [...texts, long, long.subarray(1)]
    for (let round = 0; round < 2; round++) {
      assert.deepStrictEqual(
        values.map((value) => interner.intern(value, 0, value.length)),
        [...values.keys()]
      )
    }
  })

  it("gives its values as an Arrow vector in the order of their codes, which does not change when it grows", () => {
    const interner = new Interner()
    const texts = ["é", "", "\u{1f600}"]
    for (const text of texts) {
      const bytes = new TextEncoder().encode(text)
      interner.intern(bytes, 0, bytes.length)
    }
    const vector = interner.toVector()
    interner.intern(Uint8Array.of(65), 0, 1)
    assert.deepStrictEqual([...vector], texts)
    assert.deepStrictEqual([...interner.vector()], [...texts, "A"])
    assert.deepStrictEqual([...new Interner().toVector()], [])
  })

  it("forgets everything when it is cleared", () => {
    const interner = new Interner()
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    for (let i = 0; i < 256; i++) interner.intern(bytes, i, i + 1)
    interner.clear()
    assert.strictEqual(interner.size, 0)
    assert.deepStrictEqual(
      [255, 255, 0, 7].map((i) => interner.intern(bytes, i, i + 1)),
      [0, 0, 1, 2]
    )
    assert.deepStrictEqual([...interner.toVector()].length, 3)
  })
})
