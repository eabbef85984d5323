import type { BadInputs } from "./BadInput.ts"

const record = JSON.stringify({ user: "ann", status: "success", event: "login" })
const header = "user,total_events,success,fail,failure_rate,event_types\n"
const one = `${header}ann,1,1,0,0,login\n`

export const userOutcomes: BadInputs = {
  recipe: "user-outcomes",
  words: "--input in --csv users.csv",
  inputs: [
    { kind: "no file", files: {}, code: 3, told: /^sojourn: no such file: in\n/ },
    {
      kind: "an empty file",
      files: { in: "" },
      code: 0,
      told: /^warning {2}no records in in$/m,
      written: { "users.csv": header }
    },
    {
      kind: "an empty file",
      of: "an empty array",
      files: { in: "[]" },
      code: 0,
      told: /^warning {2}no records in in$/m,
      written: { "users.csv": header }
    },
    {
      kind: "a directory without files",
      files: { "in/.keep": "" },
      code: 0,
      told: /^warning {2}no files to read in in$/m,
      written: { "users.csv": header }
    },
    {
      kind: "a wrong header",
      of: "other field names",
      files: { in: JSON.stringify([{ name: "ann", state: "fail" }]) },
      code: 1,
      told: /none of 1 records could be accepted: 1 × unknown fields name, state/
    },
    {
      kind: "a wrong header",
      of: "CSV",
      files: { in: "user,status,event\nann,success,login\n" },
      code: 1,
      told: /none of 2 records could be accepted: 2 × .*JSON/
    },
    {
      kind: "a missing column",
      files: { in: JSON.stringify([{ status: "fail", event: "x" }]) },
      code: 1,
      told: /none of 1 records could be accepted: 1 × missing user/
    },
    {
      kind: "a truncated last line",
      files: { in: `[${record},\n{"user":"ann","sta` },
      code: 0,
      told: /1 of 2 records rejected: 1 × invalid JSON/,
      written: { "users.csv": one }
    },
    {
      kind: "a byte order mark",
      files: { in: `\uFEFF[${record}]` },
      code: 0,
      told: /^ann +1 +1 +0/m,
      written: { "users.csv": one }
    }
  ]
}
