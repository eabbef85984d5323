import { assert, describe, it } from "@effect/vitest"
import { BestChain, type ChainRules } from "../../../src/engine/funnel/BestChain.ts"
import { storeInt64 } from "../../../src/time/Int64.ts"
import { bestChain, type Step } from "../../support/funnelOracle.ts"
import { Random } from "../../support/random.ts"

/** The times of the steps of the best chain. */
const search = (events: ReadonlyArray<Step>, rules: ChainRules): ReadonlyArray<number> => {
  const times = new Int32Array(2 * events.length)
  for (const [i, { time }] of events.entries()) storeInt64(times, i, time)
  const masks = Int32Array.from(events, ({ serves }) => serves.reduce((mask, one, i) => mask | (Number(one) << i), 0))
  const best = new BestChain(rules)
  const depth = best.search([...events.keys()], masks, times)
  assert.deepStrictEqual(
    [...best.rows].slice(depth).filter((row) => row >= 0),
    []
  )
  return [...best.rows].slice(0, depth).map((row) => events[row].time)
}

const event = (time: number, steps: string, of = 3): Step => ({
  time,
  serves: Array.from({ length: of }, (_, i) => steps.includes(String(i + 1)))
})

describe("the best chain", () => {
  const rules = { steps: 3, window: 10, strict: false }

  it.each<readonly [string, ReadonlyArray<Step>, Partial<ChainRules>, ReadonlyArray<number>]>([
    ["is nothing without a first step", [event(1, "2"), event(2, "3")], {}, []],
    ["has its steps in order", [event(1, "2"), event(2, "1"), event(3, "3"), event(4, "2")], {}, [2, 4]],
    ["starts where it comes farthest", [event(1, "1"), event(9, "1"), event(12, "2"), event(13, "3")], {}, [9, 12, 13]],
    ["may last exactly as long as the window", [event(1, "1"), event(11, "2")], {}, [1, 11]],
    ["and no longer", [event(1, "1"), event(12, "2")], {}, [1]],
    ["may last for ever without one", [event(1, "1"), event(1e15, "2")], { window: null }, [1, 1e15]],
    ["needs an event for each step", [event(1, "123")], {}, [1]],
    [
      "goes through events of one instant in order of the steps",
      [event(1, "3"), event(1, "2"), event(1, "1")],
      {},
      [1, 1, 1]
    ],
    ["gives an event over to another step", [event(1, "1"), event(2, "23"), event(2, "2")], {}, [1, 2, 2]],
    ["passes over other events", [event(1, "1"), event(2, ""), event(3, "2")], {}, [1, 3]],
    ["but not if it is strict", [event(1, "1"), event(2, ""), event(3, "2")], { strict: true }, [1]],
    [
      "which may have others before and after it",
      [event(1, ""), event(1, "1"), event(2, ""), event(2, "2")],
      { strict: true },
      [1, 2]
    ]
  ])("%s", (_, events, more, times) => {
    assert.deepStrictEqual(search(events, { ...rules, ...more }), times)
  })

  it.each([false, true])("is the best of all chains of a few events, strict: %s", (strict) => {
    let reached = [0, 0, 0, 0, 0]
    for (let seed = 1; seed <= 4000; seed++) {
      const random = new Random(seed)
      const steps = 2 + random.int(3)
      const instants = 1 + random.int(6)
      const rules = { steps, window: random.pick([null, 0, 1, 2, 3]), strict }
      const events = Array.from({ length: random.int(strict ? 6 : 7) }, () => ({
        time: random.int(instants),
        serves: Array.from({ length: steps }, () => random.int(3) === 0)
      })).sort((a, b) => a.time - b.time)
      const expected = bestChain(events, rules)
      reached[expected.length]++
      assert.deepStrictEqual(search(events, rules), expected, `seed ${seed} ${JSON.stringify({ rules, events })}`)
    }
    for (const count of reached) assert.isAbove(count, 10)
  })

  it("does not take long for many events at one instant, or many first steps", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => event(i < 10_000 ? 0 : i, i % 3 === 0 ? "12" : "1"))
    assert.deepStrictEqual(search(many, { ...rules, window: 1e6 }), [0, 0])
  })
})
