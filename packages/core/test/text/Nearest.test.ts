import { assert, describe, it } from "@effect/vitest"
import { didYouMean, nearest } from "../../src/text/Nearest.ts"

const words = ["user", "time", "timezone", "type", "id", "sessions", "columns"]

describe("nearest", () => {
  it.each([
    ["user", "user"],
    ["USER", "user"],
    ["usr", "user"],
    ["usre", "user"],
    ["tiem", "time"],
    ["tyep", "type"],
    ["colums", "columns"],
    ["session", "sessions"],
    ["sesions", "sessions"],
    ["time_zone", "timezone"],
    ["timezne", "timezone"],
    ["di", "id"]
  ])("to %s is %s", (word, expected) => {
    assert.strictEqual(nearest(word, words), expected)
  })

  it.each(["", "x", "foo", "measure", "sess", "abcdefghij"])("to %j is none", (word) => {
    assert.isUndefined(nearest(word, words))
  })

  it("is the nearest, and of several the first", () => {
    assert.strictEqual(nearest("gaps", ["gasp", "gap", "gape"]), "gasp")
    assert.strictEqual(nearest("typs", ["tips", "type", "types"]), "tips")
    assert.isUndefined(nearest("gap", []))
  })

  it("shares a letter at least", () => {
    assert.isUndefined(nearest("x", ["u", "t"]))
    assert.strictEqual(nearest("u", ["t", "us"]), "us")
  })
})

describe("didYouMean", () => {
  it("asks, or says nothing", () => {
    assert.strictEqual(didYouMean("usr", words), ' (did you mean "user"?)')
    assert.strictEqual(didYouMean("nothing", words), "")
  })
})
