import { assert, describe, it } from "@effect/vitest"
import { makeInstant } from "../../src/time/Instant.ts"
import { compilePattern, PatternError } from "../../src/time/Pattern.ts"
import { utc } from "../../src/time/Zone.ts"
import { format, Micros, read, readLocal, Second } from "./read.ts"

const positionOf = (pattern: string) => {
  const compiled = compilePattern(pattern)
  return compiled instanceof PatternError ? compiled.position : undefined
}

describe("pattern", () => {
  it.each([
    ["dd/MMM/yyyy:HH:mm:ss Z", "10/Jul/2024:12:00:00 +0200", "2024-07-10T10:00:00Z"],
    ["dd/MMM/yyyy:HH:mm:ss Z", "10/JUL/2024:12:00:00 -0030", "2024-07-10T12:30:00Z"],
    ["MM/dd/yyyy HH:mm", "07/10/2024 10:05", "2024-07-10T10:05:00Z"],
    ["yyyyMMdd", "20240710", "2024-07-10T00:00:00Z"],
    ["yyyyMMddHHmmssSSS", "20240710100000123", "2024-07-10T10:00:00.123Z"],
    ["dd.MM.yyyy HH:mm:ss", "10.07.2024 10:00:00", "2024-07-10T10:00:00Z"],
    ["EEE MMM dd yyyy HH:mm:ss", "wed Jul 10 2024 10:00:00", "2024-07-10T10:00:00Z"],
    ["EEE MMM dd yyyy HH:mm:ss", "Fri Jul 10 2024 10:00:00", "2024-07-10T10:00:00Z"],
    ["d MMMM yyyy, H:m:s", "1 march 2024, 9:5:7", "2024-03-01T09:05:07Z"],
    ["MMMM d, yyyy", "May 31, 2024", "2024-05-31T00:00:00Z"],
    ["M/d/yyyy h:mm a", "7/1/2024 12:00 AM", "2024-07-01T00:00:00Z"],
    ["M/d/yyyy h:mm a", "12/31/2024 12:59 pm", "2024-12-31T12:59:00Z"],
    ["M/d/yyyy hh:mm:ssa", "7/1/2024 01:02:03PM", "2024-07-01T13:02:03Z"],
    ["yyyy-MM-dd'T'HH:mm:ss.SXXX", "2024-07-10T10:00:00.5+02:00", "2024-07-10T08:00:00.500Z"],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX", "2024-07-10T10:00:00.123456789Z", "2024-07-10T10:00:00.123456Z"],
    ["yyyyMMdd'T'HHmmssX", "20240710T100000Z", "2024-07-10T10:00:00Z"],
    ["yyyyMMdd'T'HHmmssX", "20240710T100000-0330", "2024-07-10T13:30:00Z"],
    ["yyyyMMdd'T'HHmmssX", "20240710T100000+05", "2024-07-10T05:00:00Z"],
    ["EEE, dd MMM yyyy HH:mm:ss z", "Wed, 10 Jul 2024 10:00:00 GMT", "2024-07-10T10:00:00Z"],
    ["EEE MMM dd yyyy HH:mm:ss 'GMT'Z (zzzz)", String(new Date(0)), "1970-01-01T00:00:00Z"],
    ["yyyy年MM月dd日 HH'o''clock'''", "2024年07月10日 10o'clock'", "2024-07-10T10:00:00Z"]
  ])("%s reads %s", (pattern, text, expected) => {
    assert.strictEqual(read(format(pattern), text), expected)
  })

  it.each([
    ["yyyy-MM-dd", "2024-02-30"],
    ["yyyy-MM-dd", "2023-02-29"],
    ["yyyy-MM-dd", "0000-01-01"],
    ["yyyy-MM-dd", "2024-7-10"],
    ["yyyy-MM-dd", "2024-07-10 "],
    ["yyyy-MM-dd", "2024/07/10"],
    ["yyyy-MM-dd HH", "2024-07-10 24"],
    ["yyyy-MM-dd HH:mm:ss", "2024-07-10 10:00:60"],
    ["yyyy-MM-dd hh a", "2024-07-10 00 AM"],
    ["yyyy-MM-dd hh a", "2024-07-10 13 PM"],
    ["yyyy-MM-dd HH:mm:ss.SSS", "2024-07-10 10:00:00.12"],
    ["yyyy-MM-dd HH:mm:ss.SSS", "2024-07-10 10:00:00.1234"],
    ["d MMM yyyy", "1 Foo 2024"],
    ["d MMM yyyy", "1 July 2024"],
    ["d/M/yyyy", "100/1/2024"],
    ["EEE dd MM yyyy", "Xyz 10 07 2024"],
    ["yyyyMMdd HH z", "20240710 10 EST"],
    ["yyyyMMdd HH Z", "20240710 10 +00:00"],
    ["yyyyMMdd HH Z", "20240710 10 +2400"],
    ["yyyyMMdd HH XXX", "20240710 10 +0000"],
    ["yyyyMMdd HH X", "20240710 10 +05:00"]
  ])("%s refuses %s", (pattern, text) => {
    assert.isUndefined(read(format(pattern), text))
  })

  it.each([
    ["", 1, "no year"],
    ["yyyy-mm-dd", 11, "no month"],
    ["MM/yyyy", 8, "no day"],
    ["dd/MM/yy", 7, '"yy" is no field'],
    ["yyyy-MM-ddTHH:mm", 11, "quote text as 'T'"],
    ["yyyy-MM-dd SSSSSSSSSS", 12, "S to SSSSSSSSS"],
    ["yyyy-MM-dd'T", 11, "not closed"],
    ["yyyy-MM-dd [HH]", 12, "reserved"],
    ["yyyy-MM-dd MMM", 12, "second time"],
    ["yyyy-MM-dd HH h a", 15, "second time"],
    ["Mdd yyyy", 2, 'use "MM"'],
    ["yyyyMMdd hh:mm", 15, "a goes with hh"],
    ["yyyyMMdd HH:mm a", 17, "a goes with hh"],
    ["yyyyMMdd HH:mm (zzzz)", 22, "needs Z, X or XXX"]
  ])("%j is refused at character %d: %s", (pattern, position, problem) => {
    const compiled = compilePattern(pattern)
    assert.instanceOf(compiled, PatternError)
    assert.strictEqual(compiled.position, position)
    assert.include(compiled.message, `character ${position}: `)
    assert.include(compiled.problem, problem)
  })

  it("does not mind a literal between a short number and the next", () => {
    assert.isUndefined(positionOf("M-d-yyyy H:mm"))
  })

  it("takes the given zone exactly when it has none of its own", () => {
    const facts = { skipped: false, doubled: false }
    assert.deepStrictEqual(readLocal(format("yyyyMMdd", "Europe/Berlin"), "20240710"), {
      instant: "2024-07-09T22:00:00Z",
      local: true,
      ...facts
    })
    assert.deepStrictEqual(readLocal(format("yyyyMMddX", "Europe/Berlin"), "20240710Z"), {
      instant: "2024-07-10T00:00:00Z",
      local: false,
      ...facts
    })
  })

  it("carries nothing over from the text before", () => {
    const parse = format("yyyyMMdd HHX")
    assert.strictEqual(read(parse, "20240710 10+05"), "2024-07-10T05:00:00Z")
    assert.strictEqual(read(parse, "20240710 10Z"), "2024-07-10T10:00:00Z")
  })

  it.prop("reads back what Date prints, without the milliseconds", [Second, Micros], ([seconds]) => {
    const date = new Date(seconds * 1000).toISOString()
    return read(format("yyyy-MM-dd'T'HH:mm:ss.SSSXXX"), date) === date.replace(".000", "")
  })

  it("never throws on a one-byte change or a prefix, and never reads past the end", () => {
    const samples = [
      ["EEE MMM dd yyyy hh:mm:ss a 'GMT'Z (zzzz)", "Wed Jul 10 2024 10:00:00 AM GMT+0000 (UTC)"],
      ["d MMMM yyyy H:m:s.SSS XXX", "1 March 2024 9:5:7.123 +00:00"]
    ]
    for (const [pattern, text] of samples) {
      const compiled = compilePattern(pattern)
      assert.notInstanceOf(compiled, PatternError)
      const parse = compiled.parser(utc)
      const bytes = new TextEncoder().encode(text)
      const out = makeInstant()
      assert.isTrue(parse(bytes, 0, bytes.length, out))
      for (let end = 0; end < bytes.length; end++) assert.isFalse(parse(bytes, 0, end, out), text.slice(0, end))
      let accepted = 0
      for (let at = 0; at < bytes.length; at++) {
        for (let byte = 0; byte < 256; byte++) {
          const mutant = bytes.slice()
          mutant[at] = byte
          if (parse(mutant, 0, mutant.length, out)) accepted++
        }
      }
      assert.isAbove(accepted, bytes.length)
    }
  })
})
