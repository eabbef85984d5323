import { assert, describe, it } from "vitest"
import { RuleBroken, sinkRules } from "../src/index.ts"
import { memorySink, memoryTarget, type SinkFault } from "./MemorySink.ts"

type Options = Parameters<ReturnType<typeof memorySink>["place"]>[0]

/** The name of every rule, and a fault that it must find. */
const faults: ReadonlyArray<readonly [rule: string, fault: SinkFault]> = [
  ["gives back what it took: a value of every type, and null", "loses nulls"],
  ["makes a table without rows, too", "makes no empty table"],
  ["makes the same of rows that its packer has packed, if it has one", "loses what is packed"],
  ["does not keep the memory of a batch that it has written", "keeps the batch"],
  ["shows nothing before the commit", "shows rows at once"],
  ["replaces what a former run has written", "appends"],
  ["changes nothing when a commit is done again", "appends again"],
  ["completes a commit that was broken off, when it is done again", "commits half"],
  ["puts all tables of a commit in place, or none", "commits one by one"],
  ["leaves nothing of what is discarded, or not prepared", "keeps what is discarded"],
  ["keeps two writers of one table apart: the one that commits last is there, whole", "shares what is staged"],
  ["fails with a PluginError that says what to do where it cannot write", "throws"]
]

const subject = (fault?: SinkFault) => ({ sink: memorySink(fault), options: {}, target: memoryTarget })

describe("the rules for sinks", () => {
  it("are all broken by a sink here", () => {
    assert.deepStrictEqual(
      faults.map(([name]) => name),
      sinkRules<Options>().map(({ name }) => name)
    )
  })

  for (const { check, name } of sinkRules<Options>()) {
    it(`let a right sink pass: ${name}`, async () => {
      assert.isUndefined(await check(subject()))
    })
  }

  it.each(faults)("%s: a sink that %s is caught", async (name, fault) => {
    const rule = sinkRules<Options>().find((rule) => rule.name === name)
    const caught: unknown = await Promise.resolve()
      .then(() => rule?.check(subject(fault)))
      .catch((error: unknown) => error)
    assert.instanceOf(caught, RuleBroken)
  })
})
