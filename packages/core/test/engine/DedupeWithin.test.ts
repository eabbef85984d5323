import { assert, describe, it } from "@effect/vitest"
import { runSpec } from "../support/runSpec.ts"

describe("dedupe within", () => {
  const repeated = (dedupe: string, minutes: ReadonlyArray<number>): ReadonlyArray<readonly [number, number]> => {
    const rows = minutes.map((minute) => ({ id: "e", u: "a", t: new Date(minute * 60_000).toISOString() }))
    const { table } = runSpec(`event: { id: id, user: u, time: t }\ndedupe: ${dedupe}\n`, rows)
    return table("duplicates").map(({ event, first_event }) => [Number(event), Number(first_event)] as const)
  }

  it("removes an event that is near the last one with its key, even if that is a duplicate", () => {
    // The third is an hour after the second, and two after the first; the fourth is farther from all.
    const minutes = [0, 60, 120, 181, 200]
    assert.deepStrictEqual(repeated("{ key: id, within: 1h }", minutes), [
      [2, 1],
      [3, 1],
      [5, 4]
    ])
    assert.deepStrictEqual(repeated("{ key: [id], within: 59m }", minutes), [[5, 4]])
    assert.deepStrictEqual(repeated("id", minutes).length, 4)
    assert.deepStrictEqual(repeated("{ key: none, within: 1h }", minutes), [])
  })
})
