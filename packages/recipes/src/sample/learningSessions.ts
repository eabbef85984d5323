import { Random } from "./Random.ts"
import { day, endOf, overDays, type Sample } from "./Sample.ts"

const devices = ["phone", "tablet", "laptop"]
const browsers = ["Firefox", "Chrome", "Safari"]
const networks = ["home", "school", "mobile"]
const kinds = ["page_view", "page_view", "page_view", "video_play", "quiz_submit"]
const days = 10

/** Something that a student does. */
interface Act {
  readonly millis: number
  readonly record: object
}

/**
 * JSON lines over the ten days before, a file a day, of a student for every 40 records: visits of up to 16 records, with a
 * pause in some of them. Some records come twice, some have no time or no student.
 */
export const learningSessions: Sample = {
  command: "learning-sessions",
  pieces: function* (options) {
    const { rows } = options
    const random = new Random(3)
    const students = Math.max(1, Math.ceil(rows / 40))
    const end = endOf(options)
    const acts = overDays({ days, end, rows }, (made, most, until) =>
      visit(random, students, made, Math.min(1 + random.int(16), most), until - day, end)
    )
    for (const { millis, record } of acts) {
      const date = new Date(millis).toISOString().slice(0, 10)
      yield [`data/raw/events/date=${date}/events.jsonl`, `${JSON.stringify(record)}\n`]
    }
  }
}

/** What a student does in one go, from some time within a day on; the first one of the last visit ends the sample. */
const visit = (
  random: Random,
  students: number,
  number: number,
  count: number,
  from: number,
  end: number
): ReadonlyArray<Act> => {
  const student_id = `s${String(random.int(students) + 1).padStart(5, "0")}`
  const means = { device: random.pick(devices), browser: random.pick(browsers), network: random.pick(networks) }
  const course = random.int(5) + 1
  let millis = from + random.int(day / 1000) * 1000
  let before: Act | undefined
  return Array.from({ length: count }, (_, i) => {
    millis = Math.min(end, millis + (random.happens(0.05) ? 31 + random.int(60) : 0) * 60_000 + random.int(400) * 1000)
    // Nothing is later than the end, and something is there.
    const at = number === 0 && i === 0 ? end : millis
    if (before !== undefined && random.happens(0.01)) return before
    const event_type = i === 0 && random.happens(0.7) ? "login" : random.pick(kinds)
    const event = {
      event_id: `e${number + i}`,
      student_id,
      timestamp: new Date(at).toISOString(),
      event_type,
      ...pageOf(random, event_type, `/courses/${course}/chapters/${random.int(9) + 1}`),
      ...means,
      metadata: { ...(random.happens(0.6) ? { time_spent: random.int(180) } : {}), version: "3.1" }
    }
    before = { millis: at, record: random.happens(0.03) ? spoiled(random, event) : event }
    return before
  })
}

const pageOf = (random: Random, event_type: string, path: string): object => {
  if (event_type === "login") return { page_url: "https://learn.example/login" }
  return random.happens(0.8) ? { page_url: `https://learn.example${path}?ref=menu` } : { screen_name: path }
}

const spoiled = (random: Random, event: object): object =>
  random.pick([
    { ...event, timestamp: null },
    { ...event, student_id: null },
    { ...event, device: null, browser: null }
  ])
