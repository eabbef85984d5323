import { assert, describe, it } from "@effect/vitest"
import { token } from "../support/records.ts"
import { profilesOf } from "./profiles.ts"

const text = new TextDecoder()

describe("profileColumns", () => {
  it("counts what is filled and different, and knows the kind of most values", () => {
    const rows = [
      { user: "a", n: 1, flag: true, object: { x: 1 }, list: [1], mixed: 1 },
      { user: "b", n: token("2.50"), flag: false, object: { x: 2 }, list: [], mixed: "x" },
      { user: "a", n: null, flag: true, object: null, mixed: "y" },
      { user: " ", n: -3, flag: null, mixed: "", nothing: null }
    ]
    assert.deepStrictEqual(
      profilesOf(rows).map(({ distinct, filled, kind, path, records }) => [path, records, filled, distinct, kind]),
      [
        ["user", 4, 3, 2, "text"],
        ["n", 4, 3, 3, "number"],
        ["flag", 4, 3, 2, "boolean"],
        ["object", 4, 2, 2, "object"],
        ["list", 4, 2, 2, "list"],
        ["mixed", 4, 3, 3, "text"],
        ["nothing", 4, 0, 0, "empty"]
      ]
    )
  })

  it("has the texts in order, over several batches", () => {
    const rows = ["b", "a", null, "b", 'q"', "é"].map((user) => ({ user }))
    for (const cuts of [[], [1], [2, 3, 5]]) {
      const [{ distinct, values }] = profilesOf(rows, ["user"], cuts)
      assert.deepStrictEqual(
        values.map((value) => text.decode(value)),
        ["b", "a", "b", 'q"', "é"]
      )
      assert.strictEqual(distinct, 4)
    }
  })
})
