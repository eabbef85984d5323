import { Random } from "./Random.ts"

type Event = Readonly<Record<(typeof columns)[number], string | number | null>>

const columns = ["event_id", "user_id", "time", "type", "url", "name", "price", "agent", "context"] as const

const rows = 6000

/** When clocks changed in Berlin and New York, at one, two or three in the night, and an ordinary day. */
const days = ["2024-03-10", "2024-03-31", "2024-07-10", "2024-10-27", "2024-11-03"]
const zones = ["Z", "Z", "Z", "+02:00", "", " UTC", "-0330"]
const names = [
  "Zoë",
  "Łukasz",
  "ÉLODIE",
  "山田 太郎",
  "😀 smile",
  "a\u0301",
  '"quoted"',
  "a,b;c",
  "two\nlines",
  "",
  "tab\t\\"
]
const agents = ["Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", "Googlebot/2.1", "curl/8.5.0"]

/** Events in both formats, more than a block of the decoders each, some of them broken or there twice. */
export const makeInputs = (seed: number): Readonly<Record<string, Uint8Array>> => {
  const random = new Random(seed)
  return {
    "events.jsonl": joined(records(random, 1, (event) => jsonLine(random, event))),
    "events.csv": joined([
      utf8(`${columns.join(",")}\r\n`),
      ...records(random, rows + 1, (event) => csvLine(random, event))
    ])
  }
}

const records = (random: Random, firstId: number, line: (event: Event) => string): ReadonlyArray<Uint8Array> => {
  const lines: Array<Uint8Array> = []
  for (let id = firstId; id < firstId + rows; id++) {
    if (lines.length > 0 && random.int(20) === 0) lines.push(lines[random.int(lines.length)])
    else lines.push(damaged(random, utf8(line(makeEvent(random, id)))))
  }
  return lines
}

const makeEvent = (random: Random, id: number): Event => {
  const two = (below: number) => String(random.int(below)).padStart(2, "0")
  const fraction = random.pick(["", "", ".5", ".123456", ",123456789"])
  const time = `${random.pick(days)}T0${random.int(5)}:${two(60)}:${two(60)}${fraction}${random.pick(zones)}`
  return {
    event_id: `e${id}`,
    user_id: random.pick([random.int(150), String(random.int(150)), `u${random.int(50)}`, `ü${random.int(20)}`]),
    time: random.int(100) === 0 ? random.pick(["2024-02-30T10:00:00Z", "soon", "1970-01-01T00:00:00Z"]) : time,
    type: random.int(100) === 0 ? "unheard of" : random.pick(["view", "view", "click", "login"]),
    url: `https://shop.example:8443/p/${random.int(300)}?q=caf%C3%A9&utm_source=${random.pick(["mail", "ad"])}`,
    name: random.pick(names),
    price: random.pick([null, "", "n/a", "19.99", 0.1, 1e21, -3, "12345678901234567890"]),
    agent: random.pick(agents),
    context: JSON.stringify({ os: random.pick(["ios", "ändroid"]), depth: [{ n: random.int(9) }] })
  }
}

/** A few lines lose their end, a few get a byte that is not UTF-8. */
const damaged = (random: Random, line: Uint8Array): Uint8Array => {
  const fate = random.int(200)
  if (fate === 0) return joined([line.subarray(0, random.int(line.length)), utf8("\n")])
  if (fate === 1) {
    const at = random.int(line.length - 1)
    return line.map((byte, i) => (i === at ? 0xff : byte))
  }
  return line
}

const jsonLine = (random: Random, event: Event): string => {
  const { context, ...fields } = event
  const style = random.int(8)
  const kept = style === 0 ? { ...fields, user_id: null } : fields
  const text = JSON.stringify({ ...kept, extra: { list: [1, 2, { deep: true }] } })
  const whole = `${text.slice(0, -1)},"context":${context}}`
  if (style === 1) return `${whole.replaceAll("/", "\\/")}\r\n`
  if (style === 2) return `${whole.replaceAll(/[^\0-\x7f]/g, escaped)}\n`
  if (style === 3) return `  ${whole.replaceAll(",", " , ")}\n\n`
  return `${whole}\n`
}

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

const csvLine = (random: Random, event: Event): string => {
  const always = random.int(8) === 0
  const cells = columns.map((name) => {
    const value = event[name]
    if (value === null) return ""
    const text = String(value)
    return always || text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  })
  if (random.int(150) === 0) cells.push("one too many")
  if (random.int(150) === 0) cells[5] = '"never closed'
  return `${cells.join(",")}${random.pick(["\n", "\r\n"])}`
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))
