import { assert, describe, it } from "@effect/vitest"
import { RecordDigest } from "../../src/plugin/RecordDigest.ts"
import { Random } from "../support/random.ts"

type Field = readonly [name: string, value: string]

const digestOf = (fields: ReadonlyArray<Field>): string => {
  const digest = new RecordDigest()
  for (const [name, value] of fields) {
    // Other bytes around the ranges must not matter.
    const bytes = new TextEncoder().encode(`${name.length % 7}${name}:${value}!`)
    const at = bytes.length - new TextEncoder().encode(`${value}!`).length
    digest.add(bytes, 1, at - 1, bytes, at, bytes.length - 1)
  }
  return digest.lanes.join()
}

describe("RecordDigest", () => {
  it("is the same for the same fields in any order", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed)
      const fields = Array.from({ length: random.int(12) }, (_, i): Field => [`f${i}`, "v".repeat(random.int(9))])
      assert.strictEqual(digestOf(random.shuffled(fields)), digestOf(fields))
    }
  })

  it("differs for records that differ anywhere: name, value, how it is written, a field more, a value moved", () => {
    const records: ReadonlyArray<ReadonlyArray<Field>> = [
      [],
      [["", ""]],
      [["a", "1"]],
      [["a", "1.0"]],
      [["a", '"1"']],
      [["b", "1"]],
      [["a", ""]],
      [["a1", ""]],
      [["", "a1"]],
      [
        ["a", "1"],
        ["b", "2"]
      ],
      [
        ["a", "2"],
        ["b", "1"]
      ],
      [
        ["a", "1"],
        ["a", "1"]
      ],
      [
        ["a", "1"],
        ["b", ""]
      ],
      [["a", "1234"]],
      [["a", "12345"]],
      [["a", "1234\u0000"]]
    ]
    assert.strictEqual(new Set(records.map(digestOf)).size, records.length)
  })

  it("has no collisions, in no lane more than chance would have it, among 20,000 like records", () => {
    const digests = Array.from({ length: 20_000 }, (_, i) =>
      digestOf([
        ["id", String(i)],
        ["type", "click"]
      ])
    )
    assert.strictEqual(new Set(digests).size, digests.length)
    for (let lane = 0; lane < 4; lane++) {
      const distinct = new Set(digests.map((digest) => digest.split(",")[lane])).size
      assert.isAtLeast(distinct, digests.length - 3)
    }
  })

  it("starts again when it is reset", () => {
    const digest = new RecordDigest()
    digest.add(Uint8Array.of(1), 0, 1, Uint8Array.of(2), 0, 1)
    digest.reset()
    assert.deepStrictEqual([...digest.lanes], [0, 0, 0, 0])
  })
})
