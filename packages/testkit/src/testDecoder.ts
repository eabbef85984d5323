import type { Decoder } from "@sojourn/core"
import { describe, it } from "vitest"
import { type DecoderFixture, decoderRules } from "./DecoderRules.ts"
import { optionRules, type OptionSubject } from "./OptionRules.ts"

/**
 * Tests a decoder on every fixture by every rule of {@link decoderRules}, and its options.
 *
 * @example
 *   testDecoder(logfmtDecoder, {
 *     fixtures: [{ name: "two lines", input: "a=1 b=2\nb=3\n", records: [{ a: "1", b: "2" }, { b: "3" }] }],
 *     options: { right: [{}], wrong: [{ separator: 1 }] }
 *   })
 */
export const testDecoder = <Options>(
  decoder: Decoder<Options>,
  tests: {
    readonly fixtures: ReadonlyArray<DecoderFixture<Options>>
    readonly options: Pick<OptionSubject, "right" | "wrong">
  }
): void => {
  describe(`the decoder ${decoder.name}`, () => {
    for (const fixture of tests.fixtures) {
      describe(fixture.name, () => {
        for (const { check, name } of decoderRules<Options>()) it(name, () => check({ decoder, fixture }))
      })
    }
    describe("its options", () => {
      const subject = { ...tests.options, plugin: decoder }
      for (const { check, name } of optionRules) it(name, () => check(subject))
    })
  })
}
