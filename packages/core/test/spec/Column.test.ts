import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { columnName, columnPath, columnText } from "../../src/spec/Column.ts"

describe("columnPath", () => {
  it.each([
    ["user_id", "user_id"],
    ["payload.user.id", "payload.user.id"],
    ["$insert_id", "$insert_id"],
    ["@timestamp", "@timestamp"],
    ["größe", "größe"],
    ["_1", "_1"],
    ['"User ID"', "User ID"],
    ['payload."user-id"', "payload.user-id"],
    ['"a.b".c', "a.b.c"],
    ['"say ""hi"""', 'say "hi"']
  ])("of %s is %s", (text, path) => {
    assert.strictEqual(columnPath(text), path)
  })

  it.each(["", "user id", "user-id", "1st", ".a", "a.", "a..b", '""', '"a', 'a"b"', "f(x)", "a, b", "count(*)", " a"])(
    "of %j is none",
    (text) => {
      assert.isUndefined(columnPath(text))
    }
  )
})

describe("columnText", () => {
  it.prop(
    "is read back as the same path, whatever is in it",
    { path: Schema.NonEmptyString },
    ({ path }) => columnPath(columnText(path)) === path
  )

  it("quotes only what has to be", () => {
    assert.deepStrictEqual(["a.b", "user id", 'a"b', "1"].map(columnText), ["a.b", '"user id"', '"a""b"', '"1"'])
  })
})

describe("columnName", () => {
  it("is the last segment", () => {
    assert.deepStrictEqual(["a", "payload.user.id"].map(columnName), ["a", "id"])
  })
})
