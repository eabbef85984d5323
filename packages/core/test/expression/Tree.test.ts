import { assert, describe, it } from "@effect/vitest"
import { bindingsOf, columnsOf } from "../../src/expression/TreeNames.ts"
import { types } from "./columns.ts"
import { checked, scopeOf, throughJson } from "./evaluate.ts"

const treeOf = (text: string) => checked(text, scopeOf(types)).tree

describe("Tree", () => {
  it.each(
    [
      "case when i > 9223372036854775807 then t || ${KEY} when ts < '2024-07-10 10:00Z' then null else j.a.b end",
      "v * 1.5 > interval '-1 day' and day in ('2024-07-10') and b is not distinct from true",
      "d = 1e-300 or d = 0.1 or try_cast(t as json) = '{}'",
      Array.from({ length: 190 }, () => "t").join(" || ")
    ].map((text) => ({ text }))
  )("goes through JSON unchanged: $text", ({ text }) => {
    const tree = treeOf(text)
    assert.deepStrictEqual(throughJson(tree), tree)
  })

  it("tells its columns and parameters once each, in order", () => {
    const tree = treeOf("hmac_sha256(t, ${KEY}) = ${OTHER} or t = ${KEY} or i = 1 or j.a = t")
    assert.deepStrictEqual(columnsOf(tree), ["t", "i", "j"])
    assert.deepStrictEqual(bindingsOf(tree), ["KEY", "OTHER"])
  })

  it("takes the longest prefix of a path that is a column, and the rest is JSON", () => {
    const scope = scopeOf({ payload: "json", "payload.page": "text", other: "text" })
    const tree = (text: string) => checked(text, scope).tree
    assert.deepStrictEqual<unknown>(tree("payload.page"), { kind: "column", name: "payload.page", type: "text" })
    assert.deepStrictEqual<unknown>(tree('payload.page."a b"'), {
      kind: "call",
      function: "json_extract_text",
      arguments: [
        { kind: "column", name: "payload.page", type: "text" },
        { kind: "literal", value: '$."a b"', type: "text" }
      ],
      type: "text"
    })
    assert.deepStrictEqual(columnsOf(tree("payload.user.id")), ["payload"])
  })
})
