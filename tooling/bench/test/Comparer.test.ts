import { assert, describe, it } from "@effect/vitest"
import { Comparer } from "../src/Comparer.ts"
import { withFiles } from "./withFiles.ts"

const header = "user_id,session_start,session_end,event_count\n"
const sessions = `${header}u1,2024-01-01 00:00:00,2024-01-01 00:10:00,3\nu2,2024-01-01 00:00:00,2024-01-01 00:00:00,1\n`

const check = (other: string) =>
  withFiles([sessions, other, ""], ([first, second, reference]) => {
    const comparer = new Comparer(reference)
    comparer.check("A", first)
    comparer.check("A", first)
    return comparer.check("B", second)
  })

describe("Comparer", () => {
  it("takes another spelling of the same sessions", () => {
    assert.deepInclude(check(sessions.replace(/ (\d\d:\d\d:\d\d)/g, "T$1Z")), { sessions: 2, events: 4 })
  })

  it.each([
    [
      "a count",
      sessions.replace(",3\n", ",4\n"),
      /^the sessions of A and B differ\nsession 1: u1,.*,3 against u1,.*,4$/
    ],
    ["an end", sessions.replace("00:10:00", "00:10:01"), /session 1: .* against u1,.*00:10:01,3$/],
    ["a user", sessions.replace("u2", "u3"), /session 2: u2,.* against u3,/],
    [
      "the order",
      `${header}${sessions.split("\n").slice(1, 3).reverse().join("\n")}\n`,
      /session 1: u1,.* against u2,/
    ],
    ["one session less", sessions.slice(0, sessions.indexOf("u2")), /session 2: u2,.* against no more sessions$/],
    ["one session more", `${sessions}u3,a,b,1\n`, /session 3: no more sessions against u3,a,b,1$/]
  ])("throws when %s differs", (_, other, message) => {
    assert.throws(() => check(other), message)
  })
})
