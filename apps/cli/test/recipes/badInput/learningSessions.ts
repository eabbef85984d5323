import type { BadInputs } from "./BadInput.ts"

const event = (more: object = {}) =>
  JSON.stringify({ event_id: "e1", student_id: "s", timestamp: "2024-07-10T09:00:00Z", event_type: "view", ...more })
const raw = "data/raw/events/date=2024-07-10/e.jsonl"

export const learningSessions: BadInputs = {
  recipe: "learning-sessions",
  words: "--rejects rejects.csv --findings findings.json",
  env: { STUDENT_KEY: "a secret" },
  inputs: [
    { kind: "no file", files: {}, code: 3, told: /^sojourn: no such file: data\/raw\/events\n/ },
    {
      kind: "no file",
      of: "to be taken in",
      files: {},
      words: "--input x.jsonl",
      code: 3,
      told: /no such file: x\.jsonl/
    },
    {
      kind: "an empty file",
      files: { [raw]: "" },
      code: 0,
      told: /no records in data\/raw\/events\/date=2024-07-10\/e\.jsonl/
    },
    {
      kind: "a directory without files",
      files: { "data/raw/events/.keep": "" },
      code: 0,
      told: /no files to read in data\/raw\/events/
    },
    {
      kind: "a directory without files",
      of: "for these dates",
      files: { [raw]: event() },
      words: "--date 2023-07-10",
      code: 0,
      told: /no files of these dates in data\/raw\/events/
    },
    {
      kind: "a wrong header",
      files: { "data/raw/events/e.csv": "id,student\n1,s\n" },
      code: 1,
      told: /none of 1 records could be accepted: 1 × missing student_id/
    },
    {
      kind: "a missing column",
      files: { [raw]: event({ student_id: undefined }) },
      code: 1,
      told: /none of 1 records could be accepted: 1 × missing student_id/
    },
    {
      kind: "a missing column",
      of: "in one record",
      files: { [raw]: `${event()}\n${event({ event_id: "e2", timestamp: undefined })}\n` },
      code: 0,
      told: /1 × missing timestamp[^]*warning {2}missing timestamps: 50 %/,
      written: { "rejects.csv": `source,event,code,reason\n${raw},2,field.missing,missing timestamp\n` }
    },
    {
      kind: "a truncated last line",
      files: { [raw]: `${event()}\n{"event_id":"e2","stu` },
      code: 0,
      told: /1 × invalid JSON/,
      written: { "rejects.csv": `source,event,code,reason\n${raw},2,json.syntax,invalid JSON\n` }
    },
    { kind: "a byte order mark", files: { [raw]: `\uFEFF${event()}` }, code: 0, told: /^rejected +0$/m }
  ]
}
