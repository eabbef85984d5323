import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { readQuarantine } from "../../src/state/Quarantine.ts"
import * as Effect from "effect/Effect"
import { directory } from "../support/directory.ts"
import { Random } from "../threads/Random.ts"
import { filesBelow, runSpec } from "./runState.ts"

// Corrected records come to what they would have come to if the inputs had had them from the beginning.

const spec = (dedupe: string, where: string) => `version: 1
name: replays
source: { uri: "$AT/in" }
event:
  id: id
  user: who.user
  time: time
  columns: { kind: kind, price: "price::int64" }
  where: ${where}
dedupe: ${dedupe}
sessions: { gap: 30m, start: kind = 'login' }
users: {}
outputs:
  sessions: { uri: "$AT/out/sessions", format: csv, partition: [date] }
  events: { uri: "$AT/out/events.jsonl" }
  users: { uri: "$AT/out/users.jsonl" }
  duplicates: { uri: "$AT/out/duplicates.jsonl" }
  rejects: { uri: "$AT/out/rejects.jsonl", columns: [source, event] }
`

const fix = { "who.user": 'ünd, "fixed"', time: "2024-07-09T12:00:00Z" }

interface Cells {
  readonly id: number
  readonly user: string | null
  readonly time: string
  readonly kind: string | null
  readonly price: string
}

interface Kept {
  readonly made: Cells
  corrected: Cells
}

const recordOf = (random: Random): Cells => ({
  id: random.int(60),
  user: random.int(5) === 0 ? null : `u${random.int(4)}`,
  time: random.int(5) === 0 ? "soon" : `2024-07-09T1${random.int(9)}:${10 + random.int(50)}:00Z`,
  kind: random.pick(["login", "view", 'a "b"', null]),
  price: random.int(10) === 0 ? "dear" : `1${random.int(3)}`
})

const correct = (cells: Cells): Cells => ({
  ...cells,
  user: cells.user ?? fix["who.user"],
  time: cells.time === "soon" ? fix.time : cells.time
})

const csvCell = (value: string | number | null): string =>
  value === null ? "" : `"${String(value).replaceAll('"', '""')}"`

/** Numbers are written in a way that no number is printed in. */
const jsonOf = ({ id, kind, price, time, user }: Cells): string =>
  `{"id":${id}.0e0,"who":{"x":[1.50],"user":${JSON.stringify(user)}},"time":"${time}","kind":${JSON.stringify(kind)},"price":"${price}"}`

const bytesOf = (name: string, records: ReadonlyArray<Cells>): string | Uint8Array => {
  if (name.endsWith(".csv")) {
    const rows = records.map(({ id, kind, price, time, user }) => [id, user, time, kind, price].map(csvCell).join(","))
    return `${["id,who.user,time,kind,price", ...rows].join("\n")}\n`
  }
  if (name.endsWith(".json")) return `[${records.map(jsonOf).join(",\n")}]`
  const text = records.map((record) => `${jsonOf(record)}\n`).join("")
  return name.endsWith(".gz") ? gzipSync(text) : text
}

const names = ["a.jsonl", "b.csv", "c.json", "d.jsonl.gz"]

describe("a quarantine that is replayed", () => {
  it("comes to what corrected inputs come to, also when they are read again, or grow", async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = new Random(seed)
      const at = directory()
      mkdirSync(join(at, "in"))
      const files = new Map(names.map((name): [string, Array<Kept>] => [name, []]))
      const grow = (name: string) => {
        for (let i = random.int(12); i > 0; i--) {
          const made = recordOf(random)
          files.get(name)?.push({ made, corrected: made })
        }
      }
      const write = (which: (kept: Kept) => Cells) => {
        for (const [name, records] of files) writeFileSync(join(at, "in", name), bytesOf(name, records.map(which)))
      }
      for (const name of names) grow(name)
      const dedupe = random.pick(["id", "record", "[user, time]"])
      let where = "kind <> 'none' or kind is null"
      for (let step = 0; step < 5; step++) {
        const isFix = step === 1 || step === 3
        // Records of an array are read again as a whole, and those before stay what they are.
        if (!isFix && step > 0) for (const name of names) if (random.int(2) === 0 && !/json$|gz$/.test(name)) grow(name)
        if (step === 4) where = "kind <> 'view'"
        write(({ made }) => made)
        const about = `seed ${seed}, step ${step}`
        const kept = await runSpec(spec(dedupe, where), { at, state: "state", ...(isFix && { fix }) })
        const found = filesBelow(join(at, "out"))
        if (isFix) {
          for (const record of [...files.values()].flat()) record.corrected = correct(record.corrected)
        }
        rmSync(join(at, "out"), { recursive: true })
        write(({ corrected }) => corrected)
        const full = await runSpec(spec(dedupe, where), { at })
        assert.deepStrictEqual(found, filesBelow(join(at, "out")), about)
        assert.deepStrictEqual(kept.accounting, full.accounting, about)
        assert.deepStrictEqual(
          [kept.sessions, kept.time_span, kept.users],
          [full.sessions, full.time_span, full.users],
          about
        )
        const { reasons } = await Effect.runPromise(readQuarantine(join(at, "state")))
        assert.strictEqual(
          reasons.reduce((sum, { count }) => sum + count, 0),
          full.accounting.rejected,
          about
        )
      }
    }
  }, 120_000)
})
