import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { makeInstant } from "../../src/time/Instant.ts"
import { instantText } from "../../src/time/Print.ts"
import { makeZone, setLocal, UnknownZone } from "../../src/time/Zone.ts"
import { format, readLocal, zone } from "./read.ts"

/** Seconds of a wall clock, from the fields that Intl prints: another road than the offset that Zone reads. */
const wallClock = (timeZone: string) => {
  const intl = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric"
  })
  return (utcSeconds: number): number => {
    const parts = Object.fromEntries(
      intl.formatToParts(utcSeconds * 1000).map(({ type, value }) => [type, Number(value)])
    )
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) / 1000
  }
}

const names = [
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
  "Africa/Casablanca"
]
const zones = new Map(names.map((name) => [name, { zone: zone(name), wallClock: wallClock(name) }]))
const Instant = Schema.Int.check(
  Schema.isBetween({ minimum: Date.UTC(1950, 0, 1) / 1000, maximum: Date.UTC(2050, 0, 1) / 1000 })
)

/** Every second at which the offset changes in a year, with the offsets before and after. */
const changesOf = (name: string, year: number) => {
  const { offsetAt } = zone(name)
  const changes: Array<readonly [at: string, before: number, after: number]> = []
  for (let hour = Date.UTC(year, 0, 1) / 1000; hour < Date.UTC(year + 1, 0, 1) / 1000; hour += 3600) {
    if (offsetAt(hour) === offsetAt(hour + 3600)) continue
    let at = hour
    while (offsetAt(at) === offsetAt(hour)) at++
    changes.push([instantText(at, 0), offsetAt(hour), offsetAt(at)])
  }
  return changes
}

describe("Zone", () => {
  it.prop(
    "gives the offset that Intl's wall clock shows",
    [Schema.Literals(names), Instant],
    ([name, seconds]) => {
      const { zone, wallClock } = zones.get(name)!
      return seconds + zone.offsetAt(seconds) === wallClock(seconds)
    },
    { arbitrary: { runs: 1500 } }
  )

  it("changes at the very second", () => {
    assert.deepStrictEqual(changesOf("America/New_York", 2024), [
      ["2024-03-10T07:00:00Z", -18_000, -14_400],
      ["2024-11-03T06:00:00Z", -14_400, -18_000]
    ])
    assert.deepStrictEqual(changesOf("Europe/Berlin", 2024), [
      ["2024-03-31T01:00:00Z", 3600, 7200],
      ["2024-10-27T01:00:00Z", 7200, 3600]
    ])
    assert.deepStrictEqual(changesOf("Australia/Lord_Howe", 2024), [
      ["2024-04-06T15:00:00Z", 39_600, 37_800],
      ["2024-10-05T15:30:00Z", 37_800, 39_600]
    ])
    assert.deepStrictEqual(changesOf("Europe/Berlin", 1893), [["1893-03-31T23:06:32Z", 3208, 3600]])
  })

  it("sees changes a week apart", () => {
    assert.deepStrictEqual(changesOf("America/Noronha", 2000).slice(1), [
      ["2000-10-08T02:00:00Z", -7200, -3600],
      ["2000-10-15T01:00:00Z", -3600, -7200]
    ])
  })

  it.prop(
    "leads from any instant's wall clock back to the instant, or to the earlier of two, and never to a skipped one",
    [Schema.Literals(names), Instant],
    ([name, seconds]) => {
      const { zone } = zones.get(name)!
      const out = makeInstant()
      setLocal(out, zone, seconds + zone.offsetAt(seconds), 0)
      const sameClock = out.seconds + zone.offsetAt(out.seconds) === seconds + zone.offsetAt(seconds)
      return sameClock && !out.skipped && (out.doubled ? out.seconds <= seconds : out.seconds === seconds)
    },
    { arbitrary: { runs: 3000 } }
  )

  it.each([
    ["America/New_York", "2024-03-10 01:59:59", "2024-03-10T06:59:59Z", ""],
    ["America/New_York", "2024-03-10 02:00:00", "2024-03-10T07:00:00Z", "skipped"],
    ["America/New_York", "2024-03-10 02:59:59", "2024-03-10T07:59:59Z", "skipped"],
    ["America/New_York", "2024-03-10 03:00:00", "2024-03-10T07:00:00Z", ""],
    ["America/New_York", "2024-11-03 00:59:59", "2024-11-03T04:59:59Z", ""],
    ["America/New_York", "2024-11-03 01:00:00", "2024-11-03T05:00:00Z", "doubled"],
    ["America/New_York", "2024-11-03 01:59:59", "2024-11-03T05:59:59Z", "doubled"],
    ["America/New_York", "2024-11-03 02:00:00", "2024-11-03T07:00:00Z", ""],
    ["Australia/Lord_Howe", "2024-10-06 02:00:00", "2024-10-05T15:30:00Z", "skipped"],
    ["Australia/Lord_Howe", "2024-10-06 02:29:59", "2024-10-05T15:59:59Z", "skipped"],
    ["Australia/Lord_Howe", "2024-10-06 02:30:00", "2024-10-05T15:30:00Z", ""],
    ["Australia/Lord_Howe", "2024-04-07 01:29:59", "2024-04-06T14:29:59Z", ""],
    ["Australia/Lord_Howe", "2024-04-07 01:30:00", "2024-04-06T14:30:00Z", "doubled"],
    ["Australia/Lord_Howe", "2024-04-07 01:59:59", "2024-04-06T14:59:59Z", "doubled"],
    ["Australia/Lord_Howe", "2024-04-07 02:00:00", "2024-04-06T15:30:00Z", ""],
    ["Pacific/Apia", "2011-12-29 23:59:59", "2011-12-30T09:59:59Z", ""],
    ["Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00Z", "skipped"],
    ["Pacific/Apia", "2011-12-31 00:00:00", "2011-12-30T10:00:00Z", ""],
    ["Asia/Kathmandu", "2024-01-01 00:00:00", "2023-12-31T18:15:00Z", ""]
  ])("%s %s is %s %s", (name, text, instant, flag) => {
    assert.deepStrictEqual(readLocal(format("iso8601", name), text), {
      instant,
      skipped: flag === "skipped",
      doubled: flag === "doubled",
      local: true
    })
  })

  it("knows fixed offsets and UTC without a rule", () => {
    const offsets = ["+02:00", "-03:30", "-00:00", "UTC", "utc"].map((name) => zone(name).offsetAt(1e9))
    assert.deepStrictEqual(offsets, [7200, -12_600, 0, 0, 0])
  })

  it("spells a name as IANA does", () => {
    assert.strictEqual(zone("europe/berlin").name, "Europe/Berlin")
    assert.strictEqual(zone("US/Eastern").name, "US/Eastern")
  })

  it.each([
    ["Europe/Berlim", "Europe/Berlin"],
    ["Berlin", "Europe/Berlin"],
    ["New York", "America/New_York"],
    ["UTCC", "UTC"],
    ["Mars/Olympus_Mons", undefined],
    ["BST", undefined],
    ["+24:00", undefined],
    ["+0200", undefined],
    ["", undefined]
  ])("%s is no zone; near it is %s", (name, expected) => {
    const made = makeZone(name)
    assert.instanceOf(made, UnknownZone)
    assert.strictEqual(made.nearest, expected)
    assert.include(made.message, expected ?? name)
  })
})
