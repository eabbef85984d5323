/**
 * Names that columns of event data usually have, best first. They are compared without case, `_`, `-`, spaces and dots,
 * with the whole path or its end: `payload.user.id` matches `user_id`.
 */
export const roleNames = {
  user: [
    "user_id",
    "user",
    "uid",
    "user_key",
    "customer_id",
    "customer",
    "client_id",
    "visitor_id",
    "account_id",
    "member_id",
    "student_id",
    "learner_id",
    "player_id",
    "person_id",
    "profile_id",
    "subscriber_id",
    "distinct_id",
    "anonymous_id",
    "device_id",
    "cookie_id",
    "username",
    "user_name",
    "login_name",
    "email",
    "ip",
    "ip_address",
    "remote_addr"
  ],
  time: [
    "event_time",
    "timestamp",
    "ts",
    "time",
    "event_timestamp",
    "occurred_at",
    "created_at",
    "datetime",
    "date_time",
    "event_date",
    "event_ts",
    "start_time",
    "logged_at",
    "date",
    "sent_at",
    "sent",
    "received_at",
    "received",
    "updated_at",
    "updated",
    "server_time",
    "client_time"
  ],
  type: ["event_type", "event_name", "event", "type", "action", "activity", "verb", "event_action", "name", "kind"],
  id: ["event_id", "event_uuid", "message_id", "insert_id", "uuid", "id"],
  session: ["session_id", "session", "session_key", "visit_id", "sid"]
} as const

const plain = (name: string): string => name.toLowerCase().replaceAll(/[_\-\s.]/g, "")

const rank = (names: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  new Map(names.map((name, position) => [plain(name), position]))

const ranks = {
  user: rank(roleNames.user),
  time: rank(roleNames.time),
  type: rank(roleNames.type),
  id: rank(roleNames.id),
  session: rank(roleNames.session)
}

/** How well a path's name speaks for a role: 0 is best; undefined when it does not. */
export const matchName = (role: keyof typeof roleNames, path: string): number | undefined => {
  const segments = path.split(".")
  for (let from = 0; from < segments.length; from++) {
    const name = plain(segments.slice(from).join(""))
    const position = ranks[role].get(name)
    // The `id` of something inside a record is not the record's own.
    if (position !== undefined && (name !== "id" || from === 0)) return position
  }
  return undefined
}
