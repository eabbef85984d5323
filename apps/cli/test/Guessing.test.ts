import { assert, describe, it } from "@effect/vitest"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv, instants, iso, jsonLines, rowsOf } from "./support/records.ts"

const times = (file: string): string => csv("user,time", rowsOf(48, cells[file]))

/** Times of the rows of a file, by its name. */
const cells: Readonly<Record<string, (instant: Date, i: number) => unknown>> = {
  seconds: (at) => at.getTime() / 1000,
  millis: (at) => at.getTime(),
  micros: (at) => at.getTime() * 1000,
  nanos: (at) => `${at.getTime()}000000`,
  dates: (_, i) => `202407${String(1 + (i % 28)).padStart(2, "0")}`,
  dayFirst: (_, i) => `${String(1 + (i % 28)).padStart(2, "0")}/07/2024 10:00`,
  sorted: (_, i) =>
    `${String(1 + Math.floor(i / 12)).padStart(2, "0")}/${String(1 + (i % 12)).padStart(2, "0")}/2024 10:00`,
  tied: (_, i) => `07/10/2024 10:${String(i).padStart(2, "0")}`,
  twoUnits: (at, i) => (i % 4 === 0 ? at.getTime() : at.getTime() / 1000)
}

const guess = async (name: string, content: string, ...flags: ReadonlyArray<string>) => {
  const at = directory({ [name]: content })
  return sojourn("sessions", join(at, name), "--print-spec", ...flags)
}

describe("the guess", () => {
  const formats = {
    seconds: "epoch_s",
    millis: "epoch_ms",
    micros: "epoch_us",
    nanos: "epoch_ns",
    dates: "yyyyMMdd",
    dayFirst: "dd/MM/yyyy HH:mm"
  }
  for (const [name, format] of Object.entries(formats)) {
    it(`reads ${name} as ${format} and says so`, async () => {
      const { code, stderr, stdout } = await guess(`${name}.csv`, times(name))
      assert.strictEqual(code, 0)
      assert.include(stdout, `  time_format: ${format}\n`)
      assert.match(stderr, new RegExp(`--time-format '?${format}'? +all of the values fit`))
      assert.notInclude(stderr, "next best")
    })
  }

  it("takes the order of days and months that leaves the file sorted, and names the other", async () => {
    const { stderr, stdout } = await guess("sorted.csv", times("sorted"))
    assert.include(stdout, "time_format: MM/dd/yyyy HH:mm\n")
    assert.include(stderr, "next best: dd/MM/yyyy HH:mm")
  })

  it("asks which it is, with both flags, when days and months are tied", async () => {
    const { code, stderr, stdout } = await guess("tied.csv", times("tied"))
    assert.deepStrictEqual([code, stdout], [2, ""])
    assert.include(stderr, 'choose one: --time-format "dd/MM/yyyy HH:mm" or --time-format "MM/dd/yyyy HH:mm"')
    const chosen = await guess("tied.csv", times("tied"), "--time-format", "MM/dd/yyyy HH:mm")
    assert.strictEqual(chosen.code, 0)
  })

  it("refuses two units in one column, with counts", async () => {
    const { code, stderr } = await guess("mixed.csv", times("twoUnits"))
    assert.strictEqual(code, 2)
    assert.include(stderr, 'the times in "time" are of several kinds: 36 epoch_s, 12 epoch_ms')
  })

  it("says that the times name no zone, unless one is given", async () => {
    const local = csv(
      "user,ts",
      rowsOf(20, (at) => iso(at).replace("Z", ""))
    )
    assert.match((await guess("e.csv", local)).stderr, /--timezone UTC +the times name no zone/)
    assert.notInclude((await guess("e.csv", local, "--timezone", "Europe/Berlin")).stderr, "--timezone")
  })

  it("takes no column as the user that is different in every row, and points it out", async () => {
    const rows = instants(40).map((at, i) => [`id${i}`, `c${i % 5}`, iso(at)])
    const { stderr, stdout } = await guess("e.csv", csv("user_id,customer,time", rows))
    assert.include(stdout, "  user: customer\n")
    assert.include(stderr, "40 events of 5 users; user_id is different in nearly every record, like an id")
    const alone = await guess("e.csv", csv("user_id,page,time", rows))
    assert.strictEqual(alone.code, 2)
    assert.include(
      alone.stderr,
      '"user_id" is different in nearly every record, like an id; there are user_id, page, time'
    )
    assert.include(alone.stderr, "name it: --user COLUMN")
  })

  it("points out a column of session ids and the next best user", async () => {
    const rows = instants(40).map((at, i) => [`s${i % 9}`, `u${i % 5}`, `c${i % 4}`, iso(at)])
    const { stderr, stdout } = await guess("e.csv", csv("Session-ID,customer.id,USER_ID,time", rows))
    assert.include(stdout, "  user: USER_ID\n")
    assert.include(
      stderr,
      "Session-ID names sessions made elsewhere: --user Session-ID --gap none keeps those; next best: customer.id"
    )
  })

  it("prefers the time of the event over those of its sending", async () => {
    const records = instants(30).map((at, i) => ({
      uid: i % 4,
      received_at: iso(at),
      sentAt: iso(at),
      "Event Timestamp": iso(at)
    }))
    const { stderr, stdout } = await guess("e.jsonl", jsonLines(records))
    assert.include(stdout, `  time: '"Event Timestamp"'\n`)
    assert.include(stderr, "next best: sentAt")
  })

  it("finds names inside of objects", async () => {
    const records = instants(30).map((at, i) => ({
      payload: { user: { id: i % 4 } },
      meta: { event: { time: at.getTime() } }
    }))
    const { stdout } = await guess("e.jsonl", jsonLines(records))
    assert.include(stdout, "  user: payload.user.id\n  time: meta.event.time\n  time_format: epoch_ms\n")
  })

  it("asks for the header of a CSV whose first row is data, and numbers its columns", async () => {
    const rows = csv("", rowsOf(20, iso)).slice(1)
    const { code, stderr } = await guess("e.csv", rows)
    assert.strictEqual(code, 2)
    assert.include(stderr, "the first row of")
    assert.include(
      stderr,
      "looks like data, not like names: u0, 2024-07-10T10:00:00Z\n  say what it is: --header none (the columns are then c1, c2, …)"
    )
    const numbered = await guess("e.csv", rows, "--header", "none", "--user", "c1", "--time", "c2")
    assert.include(numbered.stdout, "  user: c1\n  time: c2\n")
    const named = await guess("e.csv", rows, "--header", "user,time")
    assert.include(named.stdout, "  user: user\n  time: time\n")
  })

  it("shows the values that it cannot read as times", async () => {
    const { code, stderr } = await guess(
      "e.csv",
      csv(
        "user,timestamp",
        rowsOf(20, () => "last Monday")
      )
    )
    assert.strictEqual(code, 2)
    assert.include(stderr, 'the values of "timestamp", such as "last Monday", read in no known format')
  })
})
