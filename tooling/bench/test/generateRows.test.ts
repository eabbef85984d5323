import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { type Generated, generateRows, type GeneratorOptions } from "../src/generateRows.ts"

const defaults: GeneratorOptions = { rows: 20_000, format: "csv", seed: 1, eventsPerSession: 2, clean: false }

function generate(options: Partial<GeneratorOptions> = {}): Generated & { readonly text: string } {
  let text = ""
  const generated = generateRows({ ...defaults, ...options }, (chunk) => {
    text += chunk
  })
  return { ...generated, text }
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16)

/** Reads generated CSV again: what a pipeline would make of each row. */
function read(text: string) {
  const [header, ...lines] = text.trimEnd().split("\n")
  const unique = new Set<string>()
  const times = new Map<string, Array<number>>()
  const reasons: Record<string, number> = { columns: 0, user: 0, time: 0 }
  let duplicates = 0
  let unordered = 0
  let latest = 0
  for (const line of lines) {
    const [, user, time, , , ...rest] = line.split(",")
    const seconds = Date.parse(time) / 1000
    if (rest.length !== 1) reasons["columns"]++
    else if (user === "") reasons["user"]++
    else if (time === "2024-02-30T10:00:00Z") reasons["time"]++
    else if (unique.has(line)) duplicates++
    else {
      unique.add(line)
      const ofUser = times.get(user)
      if (ofUser === undefined) times.set(user, [seconds])
      else ofUser.push(seconds)
      if (seconds < latest) unordered++
      else latest = seconds
    }
  }
  let sessions = 0
  for (const ofUser of times.values()) {
    ofUser.sort((a, b) => a - b)
    sessions += ofUser.filter((time, index) => index === 0 || time - ofUser[index - 1] > 1800).length
  }
  const counts = [...times.values()].map((ofUser) => ofUser.length).sort((a, b) => b - a)
  const distinctTimes = [...times.values()].reduce((sum, ofUser) => sum + new Set(ofUser).size, 0)
  return {
    header,
    rows: lines.length,
    events: unique.size,
    distinctTimes,
    reasons,
    duplicates,
    unordered,
    sessions,
    counts
  }
}

describe("generateRows", () => {
  it("makes the same bytes for the same options, today and on every machine", () => {
    assert.strictEqual(sha256(generate().text), "ba8d7e31b4e85606")
    assert.strictEqual(sha256(generate({ format: "jsonl" }).text), "7cbce113d64d1ec6")
    assert.strictEqual(sha256(generate({ format: "jsonl", clean: true, seed: 2 }).text), "ce07899e0e50e596")
  })

  it("makes the shares of bad rows and duplicates that it promises, and counts them right", () => {
    const { text, ...generated } = generate({ rows: 50_000 })
    const found = read(text)
    assert.strictEqual(found.header, "event_id,user_id,event_time,event_type,page_url,device")
    assert.strictEqual(generated.bytes, Buffer.byteLength(text))
    assert.strictEqual(found.rows, 50_000)
    assert.strictEqual(found.duplicates, generated.duplicates)
    assert.closeTo(found.duplicates / found.rows, 0.01, 0.001)
    const bad = Object.values(found.reasons)
    assert.strictEqual(
      bad.reduce((sum, count) => sum + count, 0),
      generated.bad
    )
    assert.closeTo(generated.bad / found.rows, 0.005, 0.001)
    for (const count of bad) assert.closeTo(count / generated.bad, 1 / 3, 0.1)
    assert.strictEqual(found.counts.length, generated.users)
  })

  it("cuts into sessions of the mean length asked for", () => {
    for (const eventsPerSession of [1, 2, 10]) {
      const found = read(generate({ eventsPerSession }).text)
      assert.closeTo(found.events / found.sessions / eventsPerSession, 1, 0.1)
    }
  })

  it("has a heavy tail of users, times nearly in order, and no user twice in a second", () => {
    const { counts, distinctTimes, events, unordered } = read(generate({ rows: 50_000 }).text)
    const busiest = counts.slice(0, counts.length / 100).reduce((sum, count) => sum + count, 0)
    assert.isAbove(busiest / events, 0.08)
    assert.isBelow(counts[counts.length >> 1], events / counts.length)
    assert.isAbove(unordered / events, 0.05)
    assert.isBelow(unordered / events, 0.15)
    assert.strictEqual(distinctTimes, events)
  })

  it("makes only good, different rows when clean", () => {
    const { text, ...generated } = generate({ clean: true })
    const found = read(text)
    assert.deepStrictEqual([generated.bad, generated.duplicates], [0, 0])
    assert.strictEqual(found.events, defaults.rows)
  })

  it("makes JSON lines that hold the same events as CSV, broken ones included", () => {
    const csv = generate().text.trimEnd().split("\n").slice(1)
    const jsonl = generate({ format: "jsonl" }).text.trimEnd().split("\n")
    assert.strictEqual(jsonl.length, csv.length)
    jsonl.forEach((line, index) => {
      if (line.endsWith("}")) assert.strictEqual(Object.values(JSON.parse(line)).join(","), csv[index])
      else assert.throws(() => JSON.parse(line))
    })
  })
})
