import { assert, it } from "@effect/vitest"
import { bindingValues } from "../../src/plan/bindingValues.ts"

it("takes of an environment what the plan names, and no other", () => {
  const environment = { SALT: "s", EMPTY: "", OTHER: "o", NONE: undefined }
  assert.deepStrictEqual(
    [...bindingValues({ bindings: ["EMPTY", "SALT", "NONE", "toString"] }, environment)],
    [
      ["EMPTY", ""],
      ["SALT", "s"]
    ]
  )
})
