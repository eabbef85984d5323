import { assert, describe, it } from "@effect/vitest"
import { brokenSessions } from "../../src/engine/brokenSessions.ts"
import { lanes } from "../../src/arrow/Columns.ts"
import type { Sessions } from "../../src/engine/Sessionize.ts"

/** Two users with three sessions: rows 0 and 1, row 2; rows 3 and 4. */
const users = Int32Array.of(0, 0, 0, 1, 1)
const times = lanes(BigInt64Array.of(10n, 20n, 90n, 5n, 2n ** 40n))
const unique = Int32Array.of(0, 1, 2, 3, 4)
const good = {
  unique,
  rows: unique,
  starts: Int32Array.of(0, 2, 3, 5),
  firsts: Int32Array.of(0, 2, 3),
  lasts: Int32Array.of(1, 2, 4),
  outside: new Int32Array(0)
}
const broken = (changes: Partial<typeof good>, mayOverlap = false, at = times): number =>
  brokenSessions({ ...good, ...changes } as unknown as Sessions, users, at, mayOverlap)

describe("brokenSessions", () => {
  it("finds none among good sessions, whose events may be copied and stand outside", () => {
    assert.strictEqual(broken({}), 0)
    assert.strictEqual(broken({ rows: unique.slice() }), 0)
    const last = { starts: Int32Array.of(0, 2, 3, 4), lasts: Int32Array.of(1, 2, 3), rows: Int32Array.of(0, 1, 2, 3) }
    assert.strictEqual(broken({ ...last, outside: Int32Array.of(4) }), 0)
  })

  it("finds a session that ends before it starts", () => {
    assert.strictEqual(broken({}, true, lanes(BigInt64Array.of(10n, 9n, 90n, 5n, 6n))), 1)
    assert.strictEqual(broken({}, true, lanes(BigInt64Array.of(10n, 20n, 90n, 2n ** 40n, 6n))), 1)
  })

  it("finds an overlap within a user, unless sessions may overlap", () => {
    const at = lanes(BigInt64Array.of(10n, 91n, 90n, 5n, 6n))
    assert.strictEqual(broken({}, false, at), 1)
    assert.strictEqual(broken({}, true, at), 0)
    // One that begins at the instant at which the other ends does not overlap it.
    assert.strictEqual(broken({}, false, lanes(BigInt64Array.of(10n, 90n, 90n, 5n, 6n))), 0)
  })

  it("finds events in two sessions, in none, and in a session although they are none of the unique ones", () => {
    assert.isAbove(broken({ rows: Int32Array.of(0, 1, 1, 3, 4) }), 0)
    assert.isAbove(broken({ rows: Int32Array.of(0, 1, 2, 3, 4), outside: Int32Array.of(4) }), 0)
    assert.isAbove(broken({ rows: Int32Array.of(0, 1, 2, 3), starts: Int32Array.of(0, 2, 3, 4) }), 0)
    assert.isAbove(broken({ unique: Int32Array.of(0, 1, 2, 3), rows: unique.slice() }), 0)
  })

  it("finds sessions without events, and events after the last session", () => {
    assert.isAbove(broken({ starts: Int32Array.of(0, 2, 2, 5) }), 0)
    assert.isAbove(broken({ starts: Int32Array.of(0, 2, 3, 4) }), 0)
    assert.isAbove(broken({ starts: Int32Array.of(1, 2, 3, 5) }), 0)
  })
})
