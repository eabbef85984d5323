/** The five records of the first example, and its spec. */
export const five = `{"user_id":"u1","event_time":"2024-07-10T10:00:00Z","event_type":"login"}
{"user_id":"u1","event_time":"2024-07-10T10:10:00Z","event_type":"click"}
{"user_id":"u1","event_time":"2024-07-10T10:10:00Z","event_type":"click"}
{"user_id":"u2","event_time":"2024-07-10T11:00:00Z","event_type":"login"}
{"user_id":"u2","event_time":"yesterday","event_type":"click"}
`

export const fiveSpec = `version: 1
name: five
source: { uri: whatever.jsonl }
event:
  user: user_id
  time: event_time
  type: event_type
dedupe: [user, time, type]
sessions: {}
outputs:
  sessions: { uri: s.csv, columns: [user_id, session_start, session_end, event_count] }
  rejects: { uri: r.csv, columns: [event, reason, user_id, event_time, event_type] }
`
