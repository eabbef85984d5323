/** What is said where a table is named that the spec does not make. */
export const noSessions = 'there is no table of sessions: the spec has no "sessions"'
export const noUsers = 'there is no table of users: the spec has no "users"'
