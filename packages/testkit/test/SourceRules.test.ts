import { assert, describe, it } from "vitest"
import { RuleBroken, type SourceFixture, sourceRules } from "../src/index.ts"
import { memorySource, type Rows, type SourceFault, systems } from "./MemorySource.ts"

/** The name of every rule, and a fault that it must find. */
const faults: ReadonlyArray<readonly [rule: string, fault: SourceFault]> = [
  ["gives the records that the fixture names", "loses a record"],
  ["numbers the records of each source from 1, and leaves none out", "numbers from 0"],
  ["gives the same when it is read again", "gives other rows again"],
  [
    "gives the wanted columns, in the order in which they are wanted, and null for what is not there",
    "has an order of its own"
  ],
  ["gives equal records equal digests, and others others", "digests nothing"],
  ["stops when nobody reads on, and leaves nothing behind", "leaves something behind"],
  ["fails with a PluginError that names what is not there", "throws"]
]

const records: Rows = [
  { user: "ann", type: "view" },
  { user: "bob", type: null },
  { user: "ann", type: "view" },
  { user: "é", extra: "1" },
  { user: null, type: "view" }
]

const fixture: SourceFixture<object> = {
  name: "rows",
  options: {},
  records,
  missing: "nowhere.memory",
  open: () => {
    const open = new Set<string>()
    systems.set("rows.memory", { rows: records, open, reads: systems.get("rows.memory")?.reads ?? 0 })
    return Promise.resolve({
      uri: "rows.memory",
      leftovers: () => Promise.resolve([...open]),
      close: () => Promise.resolve()
    })
  }
}

describe("the rules for sources", () => {
  it("are all broken by a source here", () => {
    assert.deepStrictEqual(
      faults.map(([name]) => name),
      sourceRules<object>().map(({ name }) => name)
    )
  })

  for (const { check, name } of sourceRules<object>()) {
    it(`let a right source pass: ${name}`, async () => {
      assert.isUndefined(await check({ source: memorySource(), fixture }))
    })
  }

  it.each(faults)("%s: a source that %s is caught", async (name, fault) => {
    const rule = sourceRules<object>().find((rule) => rule.name === name)
    const caught: unknown = await Promise.resolve()
      .then(() => rule?.check({ source: memorySource(fault), fixture }))
      .catch((error: unknown) => error)
    assert.instanceOf(caught, RuleBroken)
  })
})
