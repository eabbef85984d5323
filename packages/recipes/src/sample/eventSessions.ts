import { Random } from "./Random.ts"
import { day, endOf, type Sample } from "./Sample.ts"

const kinds = ["login", "view", "click", "purchase"]

/** JSON lines over the week before, of a user for every 25 records: some come twice, and some cannot be read. */
export const eventSessions: Sample = {
  command: "event-sessions --input events.jsonl --out sessions.csv --skips-out skipped.csv",
  pieces: function* (options) {
    const { rows } = options
    const random = new Random(2)
    const users = Math.max(1, Math.ceil(rows / 25))
    const end = endOf(options)
    let before = ""
    for (let i = 0; i < rows; i++) {
      const event_time = new Date(end - Math.floor(((rows - 1 - i) / rows) * 7 * day)).toISOString()
      const event = { user_id: random.int(users) + 1, event_time, event_type: random.pick(kinds) }
      const text = random.happens(0.02) && before !== "" ? before : JSON.stringify(event)
      before = text
      yield ["events.jsonl", `${broken(random, text)}\n`]
    }
  }
}

const broken = (random: Random, text: string): string =>
  random.happens(0.01) ? random.pick([text.slice(0, 20), text.replace(/"user_id":\d+/, '"user_id":null')]) : text
