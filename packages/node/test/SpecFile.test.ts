import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { isSpecPath, recipeNames, specFile } from "../src/SpecFile.ts"
import { directory } from "./support/directory.ts"

describe("specFile", () => {
  it("takes what has a / or ends like a spec as a path, else as a recipe", () => {
    for (const path of ["a.yaml", "a.yml", "a.json", "dir/a", "./a"]) assert.isTrue(isSpecPath(path), path)
    for (const name of ["event-sessions", "a.csv", "yaml"]) assert.isFalse(isSpecPath(name), name)
  })

  it.effect("reads files and recipes", () =>
    Effect.gen(function* () {
      const at = directory({ "a.yaml": "version: 1\n" })
      const read = { file: join(at, "a.yaml"), text: "version: 1\n", folder: at }
      assert.deepStrictEqual(yield* specFile(join(at, "a.yaml")), read)
      const [first] = yield* recipeNames
      const { file, folder = "", text } = yield* specFile(first)
      assert.strictEqual(file, `${first}.yaml`)
      assert.isTrue(existsSync(join(folder, file)))
      assert.include(text, `name: ${first}\n`)
    })
  )

  it.effect("says what there is where there is no such recipe", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(specFile("nope"))
      assert.strictEqual(error.message, 'no recipe "nope"')
      assert.include(error.hint, "event-sessions")
    })
  )
})
