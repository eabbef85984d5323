/** The five records of the first recipe's example. */
export const fiveRecords = [
  { user_id: 1, event_type: "login", event_time: "2024-07-10T10:00:00Z" },
  { user_id: 1, event_type: "view", event_time: "2024-07-10T10:05:00Z" },
  { user_id: 1, event_type: "view", event_time: "2024-07-10T10:05:00Z" },
  { user_id: 2, event_type: "click", event_time: "invalid-timestamp" },
  { user_id: 2, event_type: "purchase", event_time: "2024-07-10T10:10:00Z" }
]

export const jsonLines = (records: ReadonlyArray<unknown>): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("")

/** 200 lines, one of each way to be rejected among them. */
export const manyMistakes = (): string => {
  const good = Array.from({ length: 191 }, (_, i) =>
    JSON.stringify({
      user_id: `u${i % 17}`,
      event_type: ["view", "click", "login"][i % 3],
      event_time: new Date(1_720_605_600_000 + i * 97_000).toISOString().replace(".000", "")
    })
  )
  const time = '"event_time":"2024-07-10T11:00:00Z"'
  const bad = [
    '{"user_id":"u1","event_type":"view"',
    "not JSON at all",
    "[1,2,3]",
    '{"user_id":null,"event_type":"view",' + time + "}",
    '{"user_id":"","event_type":"view",' + time + "}",
    '{"user_id":{"id":1},"event_type":"view",' + time + "}",
    '{"user_id":"u1","event_type":"view"}',
    '{"user_id":"u1","event_type":"view","event_time":"2024-02-30T10:00:00Z"}',
    '{"user_id":"u1","event_type":["view"],' + time + "}"
  ]
  // Spread, so that each stands among good lines.
  const lines = [...good]
  for (const [i, line] of bad.entries()) lines.splice(10 + i * 20, 0, line)
  return `${lines.join("\n")}\n`
}
