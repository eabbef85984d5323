import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { columnsOf } from "../../src/expression/TreeNames.ts"
import { type CannotGuess } from "../../src/guess/CannotGuess.ts"
import { type SessionsRequest, sessionsSpec, type Sample } from "../../src/guess/SessionsSpec.ts"
import { makePlan } from "../../src/plan/makePlan.ts"
import { readSpec } from "../../src/spec/readSpec.ts"
import { minutes, now, sampleOf } from "./profiles.ts"

const request: SessionsRequest = {
  inputs: ["in.jsonl"],
  format: undefined,
  user: undefined,
  time: undefined,
  timeFormat: undefined,
  timezone: undefined,
  type: undefined,
  gap: "30m",
  boundary: "merge",
  dedupe: undefined,
  columns: undefined,
  out: undefined,
  events: undefined,
  rejects: undefined
}

const rows = Array.from({ length: 30 }, (_, i) => ({
  uid: `u${i % 4}`,
  user: `id${i}`,
  ts: minutes(i),
  event: "view",
  page: "/",
  "odd. key": 1
}))

const spec = (sample: Sample, given: Partial<SessionsRequest> = {}) =>
  Result.getOrThrow(sessionsSpec({ ...request, ...given }, sample, now))
const refusal = (sample: Sample, given: Partial<SessionsRequest> = {}): CannotGuess =>
  Result.getOrThrow(Result.flip(sessionsSpec({ ...request, ...given }, sample, now)))

/** The plan of the spec, so it is one that runs. */
const plan = (sample: Sample, given: Partial<SessionsRequest> = {}) =>
  Result.getOrThrow(Result.flatMap(readSpec("spec", spec(sample, given).text, { params: {}, env: {} }), makePlan))

describe("sessionsSpec", () => {
  it("says no more than it must", () => {
    assert.strictEqual(
      spec(sampleOf(rows)).text,
      "version: 1\nname: sessions\nsource:\n  uri: in.jsonl\nevent:\n  user: uid\n  time: ts\n  type: event\nsessions:\n  gap: 30m\n"
    )
  })

  it("notes each guess with its flag, and nothing that was said", () => {
    const flags = (given: Partial<SessionsRequest>) => spec(sampleOf(rows), given).notes.map(({ flag }) => flag)
    assert.deepStrictEqual(flags({}), ["--user", "--time", "--time-format", "--type"])
    assert.deepStrictEqual(flags({ user: ["uid"], time: "ts", type: "event" }), ["--time-format"])
    assert.deepStrictEqual(flags({ user: ["uid"], time: "ts", type: "event", timeFormat: "iso8601" }), [])
  })

  it("writes everything that was asked for", () => {
    const given: Partial<SessionsRequest> = {
      inputs: ["a", "-"],
      format: { name: "json", layout: "lines" },
      timezone: "Asia/Tokyo",
      gap: "none",
      boundary: "split",
      out: "s.csv",
      events: "e.csv",
      rejects: "r.csv"
    }
    const { scan, sessionize, validate, write } = plan(sampleOf(rows), given)
    assert.deepStrictEqual(
      scan.inputs.map(({ uri }) => uri),
      ["a", "-"]
    )
    assert.deepStrictEqual(scan.inputs[0].format, { name: "json", options: { layout: "lines" } })
    assert.deepStrictEqual([validate.time.timezone, sessionize?.rules], ["Asia/Tokyo", []])
    assert.deepStrictEqual(
      write.map(({ table, uri }) => `${table} ${uri}`),
      ["sessions s.csv", "events e.csv", "rejects r.csv"]
    )
  })

  it("writes all fields that hold values of their own with --events", () => {
    const records = rows.map((row) => ({ ...row, o: { x: 1 }, deep: { o: { p: {} } }, none: null }))
    const sample = sampleOf(records, ["uid", "ts", "event", "o", "o.x", "deep", "deep.o", "deep.o.p", "none"])
    const [events] = plan(sample, { events: "e.csv" }).write
    assert.deepStrictEqual(events.columns, ["session_id", "uid", "ts", "event", "x", "p"])
  })

  it("takes a role for the column that has it, before a column of that name", () => {
    const { dedupe, write } = plan(sampleOf(rows), {
      dedupe: ["user", "time", "page"],
      columns: ["user", "type", "page"],
      events: "e.csv"
    })
    assert.deepStrictEqual(dedupe, { key: "columns", columns: ["uid", "ts", "page"] })
    assert.deepStrictEqual(write[0].columns, ["session_id", "uid", "event", "page"])
    const without = sampleOf(rows.map(({ uid, ts, user }) => ({ uid, ts, user })))
    assert.include(
      refusal(without, { dedupe: ["user", "type"] }).message,
      "--dedupe names the type, and no column looks like one"
    )
  })

  it("gives columns of one name their whole paths, and none the name of one that is added", () => {
    const records = rows.map((row) => ({ ...row, a: { id: 1, session_id: 3 }, b: { id: 2 } }))
    const sample = sampleOf(records, ["uid", "ts", "a.id", "b.id", "a.session_id"])
    const [events] = plan(sample, { events: "e.csv" }).write
    assert.deepStrictEqual(events.columns, ["session_id", "uid", "ts", "a.id", "b.id", "record.session_id"])
    const [sessions] = plan(sampleOf(rows.map((row, i) => ({ ...row, session_id: i % 3 }))), {
      user: ["session_id"],
      out: "s.csv"
    }).write
    assert.deepStrictEqual(sessions.columns.slice(0, 2), ["session_id", "record.session_id"])
  })

  it("makes a key of several columns, whatever they are called", () => {
    const { dedupe, validate } = plan(sampleOf(rows), {
      user: ["uid", "page"],
      dedupe: ["user", "time"],
      events: "e.csv"
    })
    assert.deepStrictEqual([validate.user.name, validate.user.values.length], ["user_key", 2])
    assert.deepStrictEqual(dedupe, { key: "columns", columns: ["user_key", "ts"] })
  })

  it("maps an id only when duplicates go by it", () => {
    const sample = sampleOf(rows.map((row, i) => ({ ...row, id: i })))
    assert.strictEqual(plan(sample).dedupe.key, "id")
    assert.strictEqual(plan(sample, { dedupe: "record" }).validate.id, null)
    assert.strictEqual(plan(sample, { dedupe: "id" }).validate.id?.name, "id")
    const few = sampleOf(rows.map((row, i) => ({ ...row, id: i % 5 })))
    assert.strictEqual(plan(few).dedupe.key, "record")
    assert.strictEqual(plan(few, { dedupe: "id" }).dedupe.key, "id")
    assert.include(refusal(sampleOf(rows), { dedupe: "id" }).message, "cannot tell which column is the event's id")
  })

  it("finds a field by the end of its path, and names what is near", () => {
    const sample = sampleOf(
      rows.map((row) => ({ ...row, a: { who: 1 } })),
      ["uid", "ts", "a", "a.who"]
    )
    assert.deepStrictEqual(columnsOf(plan(sample, { user: ["who"] }).validate.user.values[0]), ["a.who"])
    assert.include(
      refusal(sample, { time: "tsx" }).message,
      'no column "tsx" (did you mean "ts"?); there are uid, ts, a, a.who'
    )
    assert.deepStrictEqual(columnsOf(plan({ ...sample, whole: false }, { time: "later" }).validate.time.value), [
      "later"
    ])
  })

  it("goes by names alone where there are no records", () => {
    const none = { columns: [], records: 0, whole: true }
    assert.deepStrictEqual([plan(none).validate.user.name, plan(none).validate.time.name], ["user_id", "event_time"])
    assert.strictEqual(plan(none, { user: ["x"] }).validate.user.name, "x")
    const header = {
      ...none,
      columns: sampleOf([{ "Customer ID": null, when: null, Timestamp: null, event: null }]).columns
    }
    const { time, type, user } = plan(header).validate
    assert.deepStrictEqual([user.name, time.name, type?.name], ["Customer ID", "Timestamp", "event"])
  })

  it.prop("makes a spec that runs, whatever the fields are called", [Schema.Array(Schema.String)], ([names]) => {
    const odd = [
      "",
      " ",
      ".",
      "a.",
      '"',
      '""',
      "a\nb",
      "#",
      "- x",
      "{a}",
      "null",
      "1",
      "$event",
      "$digest",
      "session_id",
      "${HOME}",
      "a: b",
      "__proto__"
    ]
    const all = [...new Set([...names, ...odd])].filter((name) => name !== "uid" && name !== "ts")
    const sample = sampleOf(
      rows.map(({ ts, uid }) => ({ ...Object.fromEntries(all.map((name) => [name, 1])), uid, ts }))
    )
    const { scan, write } = plan(sample, {
      user: ["uid"],
      time: "ts",
      events: "e.jsonl",
      out: "s.csv",
      rejects: "r.csv"
    })
    // All but those that cannot be referred to are there, under names of their own.
    const columns = new Set(scan.columns.map(({ path }) => path))
    for (const name of names) {
      if (
        !["", "uid", "ts", "$event", "$line", "$offset", "$length", "$digest"].includes(name) &&
        !name.includes("\u0024{")
      )
        assert.isTrue(columns.has(name), JSON.stringify(name))
    }
    assert.strictEqual(new Set(write[1].columns).size, write[1].columns.length)
  })
})
