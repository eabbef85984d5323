import { assert, describe, it } from "@effect/vitest"
import { digestOf, RecentIds } from "../../src/events/RecentIds.ts"

describe("RecentIds", () => {
  it("knows every id while there are few", () => {
    const ids = new RecentIds(100_000)
    const all = Array.from({ length: 50_000 }, (_, i) => `id-${i}`)
    assert.isTrue(all.every((id) => ids.add(digestOf(id))))
    assert.isFalse(all.some((id) => ids.add(digestOf(id))))
  })

  it("knows at least as many as it is told to, and forgets older ones", () => {
    const ids = new RecentIds(1000)
    const all = Array.from({ length: 10_000 }, (_, i) => String(i))
    for (const id of all) assert.isTrue(ids.add(digestOf(id)))
    assert.isFalse(all.slice(-1000).some((id) => ids.add(digestOf(id))))
    assert.isTrue(ids.add(digestOf(all[0])))
  })
})
