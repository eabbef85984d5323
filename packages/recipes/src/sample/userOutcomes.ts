import { Random } from "./Random.ts"
import { day, endOf, type Sample } from "./Sample.ts"

const kinds = ["login", "search", "upload", "payment", "export"]

/** `2024-07-10 10:00:00` */
const timeText = (millis: number): string => new Date(millis).toISOString().slice(0, 19).replace("T", " ")

/**
 * Two arrays of outcomes over the three days before, of a user for every 20 records. Some have no time; of 100 records
 * one has a time, a status or fields that do not fit.
 */
export const userOutcomes: Sample = {
  command: "user-outcomes --input outcomes-1.json outcomes-2.json --by-hour",
  pieces: function* (options) {
    const { rows } = options
    const random = new Random(1)
    const users = Math.max(1, Math.ceil(rows / 20))
    const end = endOf(options)
    const half = Math.ceil(rows / 2)
    for (const [file, from, to] of [
      ["outcomes-1.json", 0, half],
      ["outcomes-2.json", half, rows]
    ] as const) {
      yield [file, "["]
      for (let i = from; i < to; i++) {
        // The last record happens at the end.
        const millis = end - Math.floor(((rows - 1 - i) / rows) * 3 * day)
        yield [file, `${i === from ? "\n" : ",\n"}${JSON.stringify(record(random, users, millis))}`]
      }
      yield [file, "\n]\n"]
    }
  }
}

const record = (random: Random, users: number, millis: number): object => {
  const number = random.int(users)
  const user = `user-${String(number + 1).padStart(4, "0")}`
  const status = random.happens(0.05 + (number % 5) * 0.1) ? "fail" : "success"
  const outcome = { user, status, event: random.pick(kinds) }
  if (random.happens(0.1)) return outcome
  const timed = { ...outcome, timestamp: timeText(millis) }
  if (!random.happens(0.01)) return timed
  return random.pick([
    { ...timed, timestamp: new Date(millis).toISOString() },
    { ...timed, status: "unknown" },
    { user, total: random.int(9), successes: random.int(9) }
  ])
}
