import { assert, describe, it } from "@effect/vitest"
import { profileText } from "../src/ProfileText.ts"

describe("profileText", () => {
  it("shows the stages that took time, in their order, with their shares", () => {
    assert.strictEqual(
      profileText({ commit: 250, decode: 750, write: 0.1 }, 1.234, 2),
      [
        "time of all threads (2 threads at most, 1.23 s in all)",
        "decode        0.75 s   75 %  bytes to columns",
        "commit        0.25 s   25 %  making them durable and putting them in place"
      ].join("\n")
    )
  })
})
