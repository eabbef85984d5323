import type { TableSink } from "@sojourn/core"
import { describe, it } from "vitest"
import { optionRules, type OptionSubject } from "./OptionRules.ts"
import { sinkRules, type SinkSubject } from "./SinkRules.ts"

/**
 * Tests a sink by every rule of {@link sinkRules}, on targets that are made for it, and its options.
 *
 * @example
 *   testSink(warehouseSink, {
 *     options: {},
 *     target: () => newWarehouse(),
 *     optionTests: { right: [{}], wrong: [{ table: 1 }] }
 *   })
 */
export const testSink = <Options>(
  sink: TableSink<Options>,
  tests: Omit<SinkSubject<Options>, "sink"> & { readonly optionTests: Pick<OptionSubject, "right" | "wrong"> }
): void => {
  describe(`the sink ${sink.name}`, () => {
    for (const { check, name } of sinkRules<Options>()) it(name, () => check({ sink, ...tests }))
    describe("its options", () => {
      for (const { check, name } of optionRules) it(name, () => check({ plugin: sink, ...tests.optionTests }))
    })
  })
}
