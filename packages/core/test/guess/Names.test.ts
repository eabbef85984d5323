import { assert, describe, it } from "@effect/vitest"
import { matchName } from "../../src/guess/Names.ts"

describe("matchName", () => {
  it("ignores case, _, -, spaces and dots", () => {
    for (const name of ["user_id", "USER_ID", "userId", "User ID", "user-id", "user.id", "_user_id_"]) {
      assert.strictEqual(matchName("user", name), 0, name)
    }
  })

  it("takes the end of a path for the whole", () => {
    assert.strictEqual(matchName("user", "payload.user.id"), 0)
    assert.strictEqual(matchName("time", "meta.event.time"), 0)
    assert.strictEqual(matchName("type", "data.event"), matchName("type", "event"))
    assert.isUndefined(matchName("user", "user.id.hash"))
    assert.isUndefined(matchName("user", "superuser"))
  })

  it("takes an id for the record's own only at the top", () => {
    assert.isNumber(matchName("id", "id"))
    assert.isUndefined(matchName("id", "user.id"))
    assert.strictEqual(matchName("id", "event.id"), 0)
  })

  it("prefers the time of the event to that of its sending", () => {
    const names = [
      "event_time",
      "timestamp",
      "ts",
      "time",
      "event_timestamp",
      "occurred_at",
      "created_at",
      "sent_at",
      "received_at",
      "updated_at"
    ]
    const ranks = names.map((name) => matchName("time", name) ?? Number.NaN)
    assert.deepStrictEqual(
      ranks,
      [...ranks].sort((a, b) => a - b)
    )
  })
})
