import type { BadInputs } from "./BadInput.ts"

const line = (user: string | undefined = "u") =>
  JSON.stringify({ user_id: user, event_time: "2024-07-10T09:00:00Z", event_type: "view" })
const header = "user_id,session_start,session_end,event_count\n"
const one = `${header}u,2024-07-10T09:00:00Z,2024-07-10T09:00:00Z,1\n`

export const eventSessions: BadInputs = {
  recipe: "event-sessions",
  words: "--input in --skips-out skips.csv",
  inputs: [
    { kind: "no file", files: {}, code: 3, told: /^sojourn: no such file: in\n/ },
    {
      kind: "an empty file",
      files: { in: "" },
      code: 0,
      told: /^warning {2}no records in in$/m,
      written: { "sessions.csv": header }
    },
    {
      kind: "a directory without files",
      files: { "in/.keep": "" },
      code: 0,
      told: /^warning {2}no files to read in in$/m,
      written: { "sessions.csv": header }
    },
    {
      kind: "a wrong header",
      of: "CSV",
      files: { "in/e.csv": "user,time,type\nu,2024-07-10T09:00:00Z,view\n" },
      code: 1,
      told: /none of 1 records could be accepted: 1 × missing user_id/,
      written: {
        "sessions.csv": header,
        "skips.csv": "event,reason,user_id,event_time,event_type\n1,missing user_id,,,\n"
      }
    },
    {
      kind: "a missing column",
      of: "CSV",
      files: { "in/e.csv": "user_id,event_type\nu,view\n" },
      code: 1,
      told: /none of 1 records could be accepted: 1 × missing event_time/
    },
    {
      kind: "a missing column",
      of: "JSON, in one record",
      files: { "in/e.jsonl": `${line()}\n${JSON.stringify({ user_id: "v" })}\n` },
      code: 0,
      told: /1 × missing event_time/,
      written: { "sessions.csv": one }
    },
    {
      kind: "a truncated last line",
      of: "JSON",
      files: { "in/e.jsonl": `${line()}\n${line("v").slice(0, 30)}` },
      code: 0,
      told: /1 × invalid JSON/,
      written: { "sessions.csv": one }
    },
    {
      kind: "a truncated last line",
      of: "CSV",
      files: { "in/e.csv": "user_id,event_time,event_type\nu,2024-07-10T09:00:00Z,view\nv,2024-07-1" },
      code: 0,
      told: /1 × expected 3 fields, found 2/,
      written: { "sessions.csv": one }
    },
    {
      kind: "a byte order mark",
      of: "JSON",
      files: { "in/e.jsonl": `\uFEFF${line()}\n` },
      code: 0,
      told: /^rejected +0$/m,
      written: { "sessions.csv": one }
    },
    {
      kind: "a byte order mark",
      of: "CSV",
      files: { "in/e.csv": "\uFEFFuser_id,event_time,event_type\nu,2024-07-10T09:00:00Z,view\n" },
      code: 0,
      told: /^rejected +0$/m,
      written: { "sessions.csv": one }
    }
  ]
}
