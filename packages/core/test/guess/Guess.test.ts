import { assert, describe, it } from "@effect/vitest"
import { guessRoles } from "../../src/guess/Guess.ts"
import { minutes, now, profilesOf } from "./profiles.ts"

const guess = (count: number, record: (i: number) => Readonly<Record<string, unknown>>) =>
  guessRoles(profilesOf(Array.from({ length: count }, (_, i) => record(i))), now)

describe("guessRoles", () => {
  it("takes a user to be a known name with over 1.05 events a value", () => {
    const withUsers = (users: number) => guess(210, (i) => ({ user_id: i % users, client_id: i % 9 }))
    assert.strictEqual(withUsers(199).user?.column.path, "user_id", "210 / 199 is over 1.05")
    assert.strictEqual(withUsers(200).user?.column.path, "client_id", "210 / 200 is 1.05")
    assert.deepStrictEqual(
      withUsers(200).uniqueUsers.map(({ path }) => path),
      ["user_id"]
    )
  })

  it("says who is next", () => {
    assert.strictEqual(guess(9, (i) => ({ customer: i % 3, user: i % 2 })).user?.runnerUp?.path, "customer")
    assert.isUndefined(guess(9, (i) => ({ user: i % 2, page: "x" })).user?.runnerUp)
  })

  it("takes a name whose every value is different only in a few records, and if there is no other", () => {
    assert.strictEqual(guess(5, (i) => ({ user_id: i })).user?.column.path, "user_id")
    assert.isUndefined(guess(50, (i) => ({ user_id: i })).user)
    assert.strictEqual(guess(5, (i) => ({ user_id: i, device_id: i % 2 })).user?.column.path, "device_id")
  })

  it("takes no object, list or empty column as a role", () => {
    const { time, user } = guess(9, (i) => ({ user: { id: i % 2 }, user_id: null, time: [minutes(i)] }))
    assert.deepStrictEqual([user, time], [undefined, undefined])
  })

  it("takes a time to be a known name whose values read as times, best name first", () => {
    const { time, unreadTimes } = guess(9, (i) => ({
      updated_at: minutes(i),
      created_at: minutes(i),
      timestamp: "soon"
    }))
    assert.deepStrictEqual([time?.column.path, time?.runnerUp?.path], ["created_at", "updated_at"])
    assert.deepStrictEqual(
      unreadTimes.map(({ path }) => path),
      ["timestamp"]
    )
  })

  it("takes a column of another name as the time if it is text and looks like one", () => {
    assert.strictEqual(guess(9, (i) => ({ n: 1_720_000_000 + i, moment: minutes(i) })).time?.column.path, "moment")
    assert.isUndefined(guess(9, (i) => ({ n: 1_720_000_000 + i })).time)
  })

  it("takes a type of few kinds, and no number", () => {
    assert.strictEqual(guess(9, (i) => ({ type: i, name: "x" })).type?.column.path, "name")
    assert.isUndefined(guess(2000, (i) => ({ type: `t${i}` })).type)
  })

  it("takes an id that nearly never comes again, and points out one of sessions", () => {
    assert.strictEqual(guess(100, (i) => ({ event_id: i % 95, id: i })).id?.column.path, "event_id")
    assert.isUndefined(guess(100, (i) => ({ uuid: i % 80 })).id, "so many duplicates are no accident")
    assert.strictEqual(guess(9, (i) => ({ SessionId: i % 2 })).session?.path, "SessionId")
  })
})
