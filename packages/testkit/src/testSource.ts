import type { SystemSource } from "@sojourn/core"
import { describe, it } from "vitest"
import { optionRules, type OptionSubject } from "./OptionRules.ts"
import { type SourceFixture, sourceRules } from "./SourceRules.ts"

/** Tests a source on every fixture by every rule of {@link sourceRules}, and its options. */
export const testSource = <Options>(
  source: SystemSource<Options>,
  tests: {
    readonly fixtures: ReadonlyArray<SourceFixture<Options>>
    readonly options: Pick<OptionSubject, "right" | "wrong">
  }
): void => {
  describe(`the source ${source.name}`, () => {
    for (const fixture of tests.fixtures) {
      describe(fixture.name, () => {
        for (const { check, name } of sourceRules<Options>()) it(name, () => check({ source, fixture }))
      })
    }
    describe("its options", () => {
      const subject = { ...tests.options, plugin: source }
      for (const { check, name } of optionRules) it(name, () => check(subject))
    })
  })
}
