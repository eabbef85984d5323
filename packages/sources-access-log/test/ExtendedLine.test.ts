import { assert, describe, it } from "@effect/vitest"
import { accessLogDecoder } from "../src/index.ts"
import { decode } from "./decode.ts"

const head = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"
const fields =
  "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(Referer) sc-status time-taken\n"
const line = "2024-03-01 10:00:00 10.0.0.9 GET /a b=1 10.0.0.1 Mozilla/5.0+(X11) - 200 15\n"

describe("the W3C extended format", () => {
  it("names fields as in the other formats where it knows them, joins date and time, path and query", () => {
    assert.deepStrictEqual(decode(head + fields + line).records, [
      {
        time: "2024-03-01T10:00:00Z",
        "s-ip": "10.0.0.9",
        method: "GET",
        path: "/a?b=1",
        address: "10.0.0.1",
        user_agent: "Mozilla/5.0+(X11)",
        status: "200",
        "time-taken": "15"
      }
    ])
  })

  it("counts records and not directives; lines are those of the file", () => {
    assert.deepStrictEqual(
      decode(head + fields + line + line).places.map(([event, line]) => [event, line]),
      [
        [1, 4],
        [2, 5]
      ]
    )
  })

  it("takes new fields in the middle, and the date from #Date where lines have none", () => {
    const { records } = decode(
      "#Date: 2024-03-01 09:00:00\n#Fields: time c-ip cs-uri\n10:00:00 10.0.0.1 /a?b\n#Fields: c-ip time date\n10.0.0.2 11:00:00 2024-03-02\n"
    )
    assert.deepStrictEqual(records, [
      { time: "2024-03-01T10:00:00Z", address: "10.0.0.1", path: "/a?b" },
      { address: "10.0.0.2", time: "2024-03-02T11:00:00Z" }
    ])
  })

  it("reads quoted strings, in which a quote is written twice, and tabs", () => {
    const { records } = decode('#Fields: c-ip x-text cs(User-Agent)\n10.0.0.1\t"a ""b"" c"   -\n')
    assert.deepStrictEqual(records, [{ address: "10.0.0.1", "x-text": 'a "b" c', user_agent: "-" }])
  })

  for (const [what, text, reason] of [
    ["a line too short", `${fields}2024-03-01 10:00:00\n`, "expected 11 fields, found 2"],
    ["a line too long", "#Fields: c-ip\na b\n", "expected 1 fields, found 2"],
    ["an open quote", '#Fields: c-ip x\na "b\n', "unclosed quote"],
    ["a record before the fields", "#Version: 1.0\na b\n", "no #Fields before the first record"]
  ] as const) {
    it(`rejects ${what}`, () => {
      const { records, rejects } = decode(text)
      assert.lengthOf(records, 0)
      assert.deepStrictEqual(
        rejects.map(({ code, reason }) => [code, reason]),
        [["log.syntax", reason]]
      )
    })
  }

  it("gives the same however the bytes are cut", () => {
    const text = `${head}${fields}${line}${line}#Fields: c-ip\n10.0.0.1`
    const whole = decode(text)
    for (let chunk = 1; chunk < 60; chunk++) assert.deepStrictEqual(decode(text, { chunk }), whole)
  })
})

const encoder = new TextEncoder()

describe("accessLogDecoder", () => {
  it("recognises its formats and no others", () => {
    const recognises = (text: string) => accessLogDecoder.recognises?.(encoder.encode(text))
    assert.isTrue(recognises('::1 - ada [01/Jan/2024:00:00:00 +0100] "GET / HTTP/1.0" 200 1\n'))
    assert.isTrue(recognises(head))
    assert.isFalse(recognises("# a comment\na,b\n"))
    assert.isFalse(recognises("user,time\na,b\n"))
    assert.isFalse(recognises('{"a":"- - [01/Jan/2024:00:00:00 +0100] "}'))
    assert.isFalse(recognises(""))
  })

  it("is read in pieces only where no line says what the others mean", () => {
    const common = '::1 - - [01/Jan/2024:00:00:00 +0100] "GET / HTTP/1.0" 200 1\n'
    assert.deepStrictEqual(accessLogDecoder.pieces?.({}, encoder.encode(common)), {
      first: {},
      rest: { layout: "combined" }
    })
    assert.isUndefined(accessLogDecoder.pieces?.({}, encoder.encode(head + fields + line)))
    assert.isUndefined(accessLogDecoder.pieces?.({}, new Uint8Array([0xff, 0xfe, 0x31, 0, 0x0a, 0])))
  })
})
