import { assert, describe, it } from "@effect/vitest"
import { compact, progressText, size } from "../src/Progress.ts"

describe("progressText", () => {
  it("has the share, bytes, records a second and the time left", () => {
    const progress = { bytes: 412e6, totalBytes: 980e6, records: 12_000_000 }
    assert.strictEqual(progressText(progress, 10), "42 %  412 MB of 980 MB  1.2 M records/s  14s left")
  })

  it("has what is known when the size is not", () => {
    assert.strictEqual(progressText({ bytes: 5000, totalBytes: undefined, records: 20 }, 2), "5 kB  10 records/s")
    assert.strictEqual(progressText({ bytes: 0, totalBytes: 0, records: 0 }, 2), "0 B  0 records/s")
    assert.strictEqual(progressText({ bytes: 0, totalBytes: 100, records: 0 }, 2), "0 %  0 B of 100 B  0 records/s")
  })

  it("says what comes after reading", () => {
    assert.strictEqual(
      progressText({ bytes: 2e6, totalBytes: 2e6, records: 1e6 }, 4),
      "2 MB read  250 k records/s  ordering and writing"
    )
  })
})

describe("compact and size", () => {
  it("have three digits and the next unit in time", () => {
    assert.deepStrictEqual([0, 12.4, 999, 999.6, 12_345, 999_600, 2.5e9, 3e15].map(compact), [
      "0",
      "12",
      "999",
      "1 k",
      "12.3 k",
      "1 M",
      "2.5 G",
      "3000 T"
    ])
    assert.deepStrictEqual([0, 999, 1000, 15_360_000].map(size), ["0 B", "999 B", "1 kB", "15.4 MB"])
  })
})
