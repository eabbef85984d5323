import { assert, describe, it } from "@effect/vitest"
import { directory } from "../support/directory.ts"
import { Random } from "./Random.ts"
import { memory, runFiles, type Setting } from "./runFiles.ts"

// A field that is cast to JSON is judged once per text. Here every record is judged by JSON.parse.

const settings: ReadonlyArray<Setting> = [
  { plain: true },
  {},
  { chunkBytes: 5000 },
  { crew: { threads: 2, pieceBytes: 20_000, eventBytes: memory.none } }
]

interface Event {
  readonly id: number
  readonly user: string
  readonly t: string
  /** As JSON has it: null, a text, or any value. */
  readonly data: unknown
}

const spec = (strict: boolean) => `version: 1
name: casts
source: { uri: $AT/in }
event: { user: user, time: t, columns: { id: id, data: "data::json", low: lower(user) }, strict: ${strict} }
dedupe: none
outputs: { events: { uri: $AT/out/events.jsonl }, rejects: { uri: $AT/out/rejects.jsonl } }
`

const value = (random: Random): unknown =>
  random.pick<() => unknown>([
    () => ({ id: random.int(9), name: random.pick(["x", "ü y", 'a "b"', ""]) }),
    () => ({ list: [random.int(3), { deep: null }, "s,\n"], n: random.int(4) / 4 }),
    () => [],
    () => random.int(20),
    () => random.pick([true, null, "text"])
  ])()

/** The text of a value, with blanks or without, sometimes broken. */
const written = (random: Random, made: unknown): string => {
  const text = JSON.stringify(made, null, random.int(3))
  return random.int(6) > 0
    ? text
    : random.pick([
        text.slice(0, -1),
        `${text},`,
        `\uFEFF${text}`,
        ` ${text}\n`,
        text.replaceAll('"', "'"),
        "{a:1}",
        "",
        " ",
        "nul",
        "01"
      ])
}

const user = (random: Random): string => random.pick(["ann", "BOB", "Zoë", "", "42"])

const instant = (i: number): string => new Date(Date.UTC(2024, 6, 10) + i * 1000).toISOString()

/** `own`: every value is another, so that texts are not looked for again. */
const makeEvents = (random: Random, count: number, own: boolean, text: boolean): ReadonlyArray<Event> =>
  Array.from({ length: count }, (_, i) => {
    const made = own ? { id: i, rest: value(random) } : value(random)
    const data = random.int(4) === 0 ? null : text || random.int(2) === 0 ? written(random, made) : made
    return { id: i, user: user(random), t: random.int(20) === 0 ? "soon" : instant(i), data }
  })

const csv = (events: ReadonlyArray<Event>): string => {
  const cell = (data: unknown) => (typeof data === "string" ? `"${data.replaceAll('"', '""')}"` : "")
  return `id,user,t,data\n${events.map(({ data, id, t, user }) => `${id},${user},${t},${cell(data)}\n`).join("")}`
}

const jsonLines = (events: ReadonlyArray<Event>): string => events.map((event) => `${JSON.stringify(event)}\n`).join("")

/** The event by itself, or why there is none: the plain reading of the spec. */
const judged = ({ data, id, t, user }: Event): unknown => {
  if (user === "") return [id, "field.missing", "missing user", "user"]
  if (t === "soon") return [id, "time.invalid", "invalid ISO-8601", "t"]
  try {
    const read = typeof data === "string" ? JSON.parse(data) : data
    return [id, user, read, user.toLowerCase()]
  } catch {
    return [id, "field.type", "invalid json for data", "data"]
  }
}

const linesOf = (text: string): ReadonlyArray<Record<string, unknown>> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>)

const check = async (events: ReadonlyArray<Event>, name: string, text: string, strict: boolean): Promise<void> => {
  const at = directory({ [`in/${name}`]: text })
  const reference = await runFiles(at, spec(strict), { plain: true })
  const found = [
    ...linesOf(reference.files["events.jsonl"]).map(({ data, id, low, user }) => [Number(id), user, data, low]),
    ...linesOf(reference.files["rejects.jsonl"]).map(({ code, event, field, reason }) => [
      events[Number(event) - 1].id,
      code,
      reason,
      field
    ])
  ].toSorted(([a], [b]) => Number(a) - Number(b))
  assert.deepStrictEqual(found, events.map(judged))
  for (const setting of settings.slice(1)) {
    const { files, summary } = await runFiles(at, spec(strict), setting)
    assert.deepStrictEqual(files, reference.files, JSON.stringify(setting))
    assert.deepStrictEqual(summary, reference.summary, JSON.stringify(setting))
  }
}

describe.each([
  ["few texts", false],
  ["every text another", true]
] as const)("a field cast to JSON: %s", (_, own) => {
  it("is read and rejected in a strict CSV file as each record by itself", async () => {
    for (let seed = 1; seed <= 2; seed++) {
      const events = makeEvents(new Random(seed), 1500, own, true)
      await check(events, "a.csv", csv(events), true)
    }
  })

  it.each([true, false])("and in JSON lines, strict: %s", async (strict) => {
    const events = makeEvents(new Random(7), 1500, own, false)
    await check(events, "a.jsonl", jsonLines(events), strict)
  })
})
