import { assert, describe, it } from "vitest"
import { decoderRules, type DecoderFixture, RuleBroken } from "../src/index.ts"
import { type Fault, logfmt } from "./Logfmt.ts"

type Options = Parameters<ReturnType<typeof logfmt>["open"]>[0]

const fixture: DecoderFixture<Options> = {
  name: "logfmt",
  input: "user=ann type=view\nuser=bob type=click extra=1\n\nbroken line\ntype=view user=ann\nuser=é",
  records: [
    { user: "ann", type: "view" },
    { user: "bob", type: "click", extra: "1" },
    { user: "ann", type: "view" },
    { user: "é" }
  ],
  rejects: [{ event: 3, code: "log.syntax" }]
}

/** The name of every rule, and a fault that it must find. */
const faults: ReadonlyArray<readonly [rule: string, fault: Fault]> = [
  ["gives the records and rejects that the fixture names", "wrong value"],
  ["numbers records and rejects together from 1, and leaves none out", "skips a number"],
  ["gives the same however the bytes are cut into chunks", "cuts with chunks"],
  [
    "gives the wanted columns, in the order in which they are wanted, and null for what is not there",
    "keeps the order of the file"
  ],
  ["says where each record stands: line, offset, length, and the bytes there", "counts lines from 0"],
  ["gives equal records equal digests, and others others", "digests nothing"],
  ["rejects a record over the cap with record.size, and reads on after it", "has no cap"],
  ["does not change the bytes that it is given, nor later what it has given", "writes into chunks"],
  ["names the fields that it met", "names no fields"],
  ["tells the fields that are not known, where they are to be told", "keeps unknown fields to itself"],
  ["makes nothing of nothing", "makes an empty record"],
  ["reads pieces that begin after a newline as it reads the whole", "reads a header in pieces"]
]

describe("the rules for decoders", () => {
  for (const rule of decoderRules<Options>()) {
    it(`let a right decoder pass: ${rule.name}`, async () => {
      assert.isUndefined(await rule.check({ decoder: logfmt(), fixture }))
    })
  }

  it.each(faults)("%s: a decoder that %s is caught", async (name, fault) => {
    const rule = decoderRules<Options>().find((rule) => rule.name === name)
    assert.isDefined(rule, name)
    const caught: unknown = await Promise.resolve()
      .then(() => rule?.check({ decoder: logfmt(fault), fixture }))
      .catch((error: unknown) => error)
    assert.instanceOf(caught, RuleBroken)
  })

  it("loses no record before the place where an input is cut short: a decoder that throws, or loses one, is caught", async () => {
    const rule = decoderRules<Options>().find(({ name }) => name.startsWith("loses no record"))
    const right = logfmt()
    const throwing = {
      ...right,
      open: (...given: Parameters<typeof right.open>) => {
        const decoding = right.open(...given)
        return Object.assign(decoding, {
          end: () => {
            throw new TypeError("undefined is not a function")
          }
        })
      }
    }
    const losing = {
      ...right,
      open: (...given: Parameters<typeof right.open>) => {
        const decoding = right.open(...given)
        let bytes = 0
        const push = decoding.push.bind(decoding)
        return Object.assign(decoding, {
          push: (chunk: Uint8Array) => ((bytes += chunk.length) < 60 ? [] : push(chunk))
        })
      }
    }
    for (const [decoder, message] of [
      [throwing, /undefined is not a function/],
      [losing, /cut short at byte/]
    ] as const) {
      const caught: unknown = await Promise.resolve()
        .then(() => rule?.check({ decoder, fixture }))
        .catch((error: unknown) => error)
      assert.match(String(caught), message)
    }
  })

  it("each have a fault that they must catch", () => {
    const tested = [
      ...faults.map(([name]) => name),
      "loses no record before the place where an input is cut short, and fails with a PluginError or not at all"
    ]
    assert.sameMembers(
      decoderRules().map(({ name }) => name),
      tested
    )
  })
})
