/** What is said where a table is named that the spec does not make. */
export const noSessions = 'there is no table of sessions: the spec has no "sessions"'
export const noUsers = 'there is no table of users: the spec has no "users"'

/** What is said where something needs times and events have none. */
export const noTimes = 'the spec has no "event.time"'
export const mapTime = "name the field that says when an event happened: event: { time: … }"
