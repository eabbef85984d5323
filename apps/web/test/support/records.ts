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

/** Events that a person should be warned of, the last of them just now: `now` in milliseconds since 1970. */
export const doubtful = (now: number): string => {
  const at = (i: number) => new Date(now - (600 - i) * 110_000).toISOString().slice(0, 19)
  const events = Array.from({ length: 600 }, (_, i) => ({
    user_id: i % 3 === 0 || i % 50 === 1 ? "u1" : i % 97 === 5 ? "anonymous" : `u${10 + ((i * 7) % 60)}`,
    event_type: ["view", "click", "login"][i % 3],
    // Without a zone, and some of them of a clock that was never set.
    event_time: i % 150 === 149 ? "1970-01-01T00:00:07" : at(i),
    page: `/p/${i % 9}`
  }))
  const conflicting = [20, 40, 41].map((i) => ({ ...events[i], page: "/elsewhere" }))
  return jsonLines([...events, ...conflicting])
}
