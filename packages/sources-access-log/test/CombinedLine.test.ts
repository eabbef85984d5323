import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { decode } from "./decode.ts"

const common = '10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /a?b=1 HTTP/1.1" 200 2326'

describe("the Common and the Combined Log Format", () => {
  it("reads a line of the Common Log Format, whose hyphens are nulls", () => {
    assert.deepStrictEqual(decode(common).records, [
      {
        address: "10.0.0.1",
        time: "2015-05-17T10:05:03+00:00",
        request: "GET /a?b=1 HTTP/1.1",
        method: "GET",
        path: "/a?b=1",
        protocol: "HTTP/1.1",
        status: "200",
        bytes: "2326"
      }
    ])
  })

  it("reads referrer and agent of the Combined one, and what a server writes after them", () => {
    const { fields, records } = decode(
      `${common} "https://x.example/" "curl/8.0"\n${common} "-" "-" "10.9.9.9" 0.003\n`
    )
    assert.deepStrictEqual(
      records.map(({ referrer, rest, user_agent }) => ({ referrer, rest, user_agent })),
      [
        { referrer: "https://x.example/", rest: undefined, user_agent: "curl/8.0" },
        // An agent that is not told stays `-`: a visitor without one is a visitor still.
        { referrer: undefined, rest: '"10.9.9.9" 0.003', user_agent: "-" }
      ]
    )
    assert.includeMembers([...fields], ["referrer", "user_agent", "rest"])
  })

  for (const [what, line, expected] of [
    ["an IPv6 address", common.replace("10.0.0.1", "2001:db8::1"), { address: "2001:db8::1" }],
    ["a name with a blank", common.replace("- - [", "- Ada L ["), { auth: "Ada L" }],
    ["another zone", common.replace("+0000", "-0730"), { time: "2015-05-17T10:05:03-07:30" }],
    ["December", common.replace("May", "Dec"), { time: "2015-12-17T10:05:03+00:00" }],
    [
      "a time of another form as it is",
      common.replace("17/May/2015", "2015-05-17"),
      { time: "2015-05-17:10:05:03 +0000" }
    ],
    ["no month as it is", common.replace("May", "Mai"), { time: "17/Mai/2015:10:05:03 +0000" }],
    [
      "bytes that are no request",
      common.replace("GET /a?b=1 HTTP/1.1", String.raw`\x16\x03\x01`),
      { request: String.raw`\x16\x03\x01`, method: undefined, path: undefined }
    ],
    ["no request", common.replace("GET /a?b=1 HTTP/1.1", "-"), { request: undefined, method: undefined }],
    ["a path with blanks", common.replace("/a?b=1", "/a b c"), { method: "GET", path: "/a b c", protocol: "HTTP/1.1" }],
    ["quotes and backslashes in a path", common.replace("/a?b=1", String.raw`/\"\\`), { path: String.raw`/"` + "\\" }],
    ["no bytes sent", common.replace("2326", "-"), { bytes: undefined }]
  ] as const) {
    it(`reads ${what}`, () => {
      const { records, rejects } = decode(line)
      assert.deepStrictEqual(rejects, [])
      for (const [field, text] of Object.entries(expected)) assert.strictEqual(records[0][field], text, field)
    })
  }

  for (const [what, line, reason] of [
    ["two words", "hello world", "expected [time] after the user"],
    ["one word", "hello", "expected address, ident and user"],
    ["no ident", "10.0.0.1", "expected address, ident and user"],
    ["no time", '10.0.0.1 - - "GET / HTTP/1.1" 200 1', "expected [time] after the user"],
    ["a time that is open", "10.0.0.1 - - [17/May/2015:10:05:03 +0000", "expected ] after the time"],
    ["no request", "10.0.0.1 - - [17/May/2015:10:05:03 +0000]", 'expected "request" after the time'],
    ["an open request", '10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /', 'expected "request" after the time'],
    [
      "an escaped closing quote",
      String.raw`10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /\"`,
      'expected "request" after the time'
    ],
    ["no status", '10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /"', "expected status and bytes after the request"],
    [
      "no bytes",
      '10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /" 200',
      "expected status and bytes after the request"
    ],
    ["an open referrer", `${common} "x`, 'expected "referrer" after the bytes'],
    ["no agent", `${common} "x"`, 'expected "user agent" after the referrer'],
    ["text against the agent", `${common} "x" "y"z`, "expected a blank after the user agent"],
    ["a directive of another format", "#Fields: date time", "expected [time] after the user"]
  ] as const) {
    it(`rejects a line with ${what}, and not its neighbours`, () => {
      const { places, rejects } = decode(`${common}\n${line}\r\n\n${common}`)
      const second = common.length + 1
      assert.deepStrictEqual(rejects, [{ place: [2, 2, second, line.length], code: "log.syntax", reason, raw: line }])
      assert.deepStrictEqual(places, [
        [1, 1, 0, common.length],
        [3, 4, second + line.length + 3, common.length]
      ])
    })
  }

  it("rejects bytes that are not UTF-8 and lines over the cap, alone", () => {
    const long = `${common} "x" "${"y".repeat(300)}"`
    const bytes = new TextEncoder().encode(`${common}\n${common} "?" "x"\n${long}\n${common}\n`)
    bytes[bytes.indexOf(0x3f, common.length + 20)] = 0xff
    const first = common.length + 1
    for (const chunk of [1, 7, 64, bytes.length]) {
      const { places, rejects } = decode(bytes, { maxRecordBytes: 200, chunk })
      assert.deepStrictEqual(
        rejects.map(({ code, place, reason }) => [code, place[0], place[1], reason]),
        [
          ["text.encoding", 2, 2, "invalid UTF-8"],
          ["record.size", 3, 3, `record of ${long.length} bytes is over the cap of 200`]
        ]
      )
      assert.deepStrictEqual(
        places.map(([event]) => event),
        [1, 4]
      )
      assert.strictEqual(places[0][2], 0)
      assert.isAbove(places[1][2], first)
    }
  })

  it("gives the same however the bytes are cut, and loses no line wherever the input ends", () => {
    const text = `${common}\r\n\n${common} "https://x.example/?q=\\"" "a é b"\nbroken\n${common} "-" "-" more`
    const bytes = new TextEncoder().encode(text)
    const whole = decode(bytes)
    for (let chunk = 1; chunk < 40; chunk++) assert.deepStrictEqual(decode(bytes, { chunk }), whole)
    for (let end = 0; end <= bytes.length; end++) {
      const head = bytes.subarray(0, end)
      const { records, rejects } = decode(head)
      const lines = new TextDecoder()
        .decode(head)
        .split("\n")
        .filter((line) => line.replace(/\r$/, "") !== "")
      assert.strictEqual(records.length + rejects.length, lines.length, `cut at ${end}`)
    }
  })
})

/** An independent reading of a combined line. */
const oracle =
  /^(\S+) (\S+) (.+?) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\S+) (\S+) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/

const log = new URL("../../../../shared/data/access.log", import.meta.url)

describe.skipIf(!existsSync(log))("a real access log", () => {
  it("is read like a regular expression reads it: 9,999 lines, one cut short", () => {
    const text = readFileSync(log, "utf8")
    const lines = text.split("\n").filter((line) => line !== "")
    const matched = lines.flatMap((line) => oracle.exec(line) ?? []).length / 10
    const { records, rejects } = decode(text)
    assert.strictEqual(records.length, 9999)
    assert.strictEqual(matched, 9999)
    assert.deepStrictEqual(
      rejects.map(({ place }) => place[0]),
      [8899]
    )
    const sent = (text: string) => (text === "-" ? undefined : text)
    const plain = (text: string) => sent(text.replaceAll(/\\(["\\])/g, "$1"))
    let row = 0
    for (const line of lines) {
      const match = oracle.exec(line)
      if (match === null) continue
      const { address, bytes, path, referrer, request, status, user_agent } = records[row++]
      assert.deepStrictEqual(
        [address, request, status, bytes, referrer, user_agent],
        [match[1], plain(match[5]), match[6], sent(match[7]), plain(match[8]), plain(match[9]) ?? "-"]
      )
      assert.strictEqual(path, plain(match[5].replace(/^\S+ (.*) \S+$/, "$1")))
    }
  })
})
