import { Random } from "./Random.ts"
import { day, endOf, overDays, type Sample } from "./Sample.ts"

const genres = ["comedy", "drama", "documentary", "music", "news"]
const countries = ["BR", "DE", "IN", "JP", "US"]
const plans = ["free", "free", "basic", "premium"]
const days = 14

/** What is watched with: `web 3.0` loses viewers early, and `tv` tells of no watch time at all. */
const clients = [
  "ios 2.0",
  "ios 2.1",
  "ios 2.1",
  "android 2.0",
  "android 2.1",
  "android 2.1",
  "web 2.9",
  "web 3.0",
  "tv 1.0"
]

/** Something that a viewer does. */
interface Act {
  readonly millis: number
  readonly line: string
}

/**
 * Users, videos, and JSON lines of events over the 14 days before, of a user for every 25 events: sessions of one to four
 * videos. Some events come twice, some have no session or are cut short; some users and videos are in neither file.
 */
export const videoEngagement: Sample = {
  command: "video-engagement --db engagement.duckdb",
  pieces: function* (options) {
    const { rows } = options
    const random = new Random(4)
    const end = endOf(options)
    const users = Math.max(1, Math.ceil(rows / 25))
    const videos = Math.max(5, Math.ceil(rows / 200))
    yield* tableOf("users.csv", "user_id,country,signup_date,plan", users, (i) => [
      `u${i}`,
      random.happens(0.05) ? "" : random.pick(countries),
      new Date(end - (1 + random.int(100)) * day).toISOString().slice(0, 10),
      random.pick(plans)
    ])
    yield* tableOf("videos.csv", "video_id,title,genre,duration_s", videos, (i) => [
      `v${i}`,
      `"Part ${i}, ${random.pick(["uncut", "remastered"])}"`,
      random.happens(0.05) ? "" : genreOf(i),
      String(20 + random.int(400))
    ])
    const acts = overDays({ days, end, rows }, (number, most, until) =>
      session(random, { users, videos, number, from: until - day, end }).slice(0, most)
    )
    for (const { line } of acts) yield ["events.jsonl", line]
  }
}

/** A file of dimensions: one key in 40 is left out, and the first comes twice. */
function* tableOf(path: string, header: string, size: number, row: (i: number) => ReadonlyArray<string>) {
  yield [path, `${header}\n`] as const
  for (let i = 0; i < size; i++) {
    const line = `${row(i).join(",")}\n`
    if (i % 40 !== 4) yield [path, line] as const
    if (i === 0) yield [path, line.replace(/,\w+\n$/, ",\n")] as const
  }
}

const genreOf = (video: number): string => genres[video % genres.length]

/** A session from some time within a day on; the first event of the first one ends the sample. */
const session = (
  random: Random,
  { end, from, number, users, videos }: Readonly<Record<"end" | "from" | "number" | "users" | "videos", number>>
): ReadonlyArray<Act> => {
  const user = random.int(users)
  const [device_os, app_version] = clients[user % clients.length].split(" ")
  const first = random.int(videos)
  const leaves = random.happens(`${device_os} ${app_version}` === "web 3.0" ? 0.6 : 0.15)
  const given = {
    user_id: `u${user}`,
    account_id: `a${user % Math.ceil(users / 2)}`,
    session_id: random.happens(0.005) ? null : `s${number}`
  }
  let millis = from + random.int(day / 1000) * 1000
  const acts: Array<Act> = []
  const act = (event_name: string, video: number, value: number | null, pause: number): void => {
    millis = Math.min(end, millis + pause * 1000)
    const timestamp = new Date(number === 0 && acts.length === 0 ? end : millis).toISOString()
    const os = random.happens(0.03) ? null : device_os
    const event = { ...given, video_id: `v${video}`, event_name, timestamp, value, device_os: os, app_version }
    const text = JSON.stringify(event)
    acts.push({ millis: Date.parse(timestamp), line: `${random.happens(0.003) ? text.slice(0, 60) : text}\n` })
    if (random.happens(0.01)) acts.push(acts[acts.length - 1])
  }
  const count = leaves ? 1 : 1 + random.int(4)
  for (let v = 0; v < count; v++) {
    const video = v === 0 ? first : random.int(videos)
    act("video_start", video, null, v === 0 ? 0 : 2)
    const parts = leaves ? random.int(2) : 1 + random.int(5)
    for (let part = 0; part < parts; part++) {
      const seconds = leaves ? random.int(80) / 10 : 5 + random.int(250) / 10
      if (device_os !== "tv") act("watch_time", video, seconds, Math.ceil(seconds))
    }
    if (random.happens(0.15)) act("heart", video, 1, 1)
    if (random.happens(0.1)) act("like", video, 1, 0)
  }
  return acts
}
