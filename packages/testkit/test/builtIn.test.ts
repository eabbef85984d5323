import { accessLogDecoder } from "@sojourn/sources-access-log"
import { csvDecoder } from "@sojourn/sources-csv"
import { jsonDecoder } from "@sojourn/sources-json"
import { testDecoder } from "../src/index.ts"

testDecoder(csvDecoder, {
  fixtures: [
    {
      name: "quotes, an empty field, and a row that is too short",
      input: 'user,note\nann,"a ""b"", c"\nbob,\nonly\nann,"a ""b"", c"\n',
      records: [
        { user: "ann", note: 'a "b", c' },
        { user: "bob", note: null },
        { user: "ann", note: 'a "b", c' }
      ],
      rejects: [{ event: 3, code: "csv.columns" }]
    }
  ],
  options: { right: [{}, { delimiter: ";" }, { header: "none" }], wrong: [{ delimiter: "ab" }, { header: 1 }] }
})

testDecoder(jsonDecoder, {
  fixtures: [
    {
      name: "lines, one of them broken",
      input: '{"user":"ann","n":1}\n{"user":"bob","n":2.50}\n{"user":\n{"n":1,"user":"ann"}\n',
      records: [
        { user: '"ann"', n: "1" },
        { user: '"bob"', n: "2.50" },
        { user: '"ann"', n: "1" }
      ],
      rejects: [{ event: 3, code: "json.syntax" }]
    }
  ],
  options: { right: [{}, { layout: "lines" }], wrong: [{ layout: "rows" }] }
})

const line = (address: string, path: string) =>
  `${address} - - [10/Oct/2000:13:55:36 -0700] "GET ${path} HTTP/1.0" 200 23 "-" "curl/8"`
const record = (address: string, path: string) => ({
  address,
  ident: null,
  auth: null,
  time: "2000-10-10T13:55:36-07:00",
  request: `GET ${path} HTTP/1.0`,
  method: "GET",
  path,
  protocol: "HTTP/1.0",
  status: "200",
  bytes: "23",
  referrer: null,
  user_agent: "curl/8"
})

testDecoder(accessLogDecoder, {
  fixtures: [
    {
      name: "Combined Log Format, one line cut off",
      input: `${line("10.0.0.1", "/a")}\n${line("10.0.0.2", "/b")}\n10.0.0.3 - -\n${line("10.0.0.1", "/a")}\n`,
      records: [record("10.0.0.1", "/a"), record("10.0.0.2", "/b"), record("10.0.0.1", "/a")],
      rejects: [{ event: 3, code: "log.syntax" }]
    }
  ],
  options: { right: [{}, { layout: "w3c" }], wrong: [{ layout: "nginx" }] }
})
