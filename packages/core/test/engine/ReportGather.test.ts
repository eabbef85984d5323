import { assert, describe, it } from "@effect/vitest"
import { ReportGather } from "../../src/engine/report/ReportGather.ts"
import { plainRows } from "../support/plain.ts"
import { planOf } from "../support/runSpec.ts"
import { column, tableOf } from "../support/table.ts"

const plan = planOf(`event: { user: u, time: t }
sessions: {}
tables: { days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*) } } }
reports:
  a: { uri: a.md, template: "{{ days.rows }} {{ sessions.u }}" }
  b:
    uri: b.md
    template: |
      \`\`\`table
      from: sessions
      columns: [event_count]
      rows: 5
      \`\`\`
`)

describe("ReportGather", () => {
  it("asks for what reports show of rows that threads give, all together", () => {
    assert.deepStrictEqual(new ReportGather(plan).needs, [{ from: "sessions", columns: ["u", "event_count"] }])
  })

  it("keeps the first rows, as many as any report shows, and counts all", () => {
    const gather = new ReportGather(plan)
    const add = (...counts: ReadonlyArray<number>) =>
      gather.add(
        "sessions",
        tableOf({
          u: column.text(counts.map((count) => `u${count}`)),
          more: column.text(counts.map(() => null)),
          event_count: column.int64(counts.map(BigInt))
        })
      )
    add(1, 2)
    add()
    add(3, 4, 5, 6, 7)
    add(8)
    const { count, rows } = gather.finish().get("sessions") ?? assert.fail("no sessions")
    assert.strictEqual(count, 8)
    assert.deepStrictEqual(
      rows && plainRows(rows),
      [1, 2, 3, 4, 5].map((one) => ({ u: `u${one}`, event_count: one }))
    )
    assert.deepStrictEqual(gather.finish().get("days"), { count: 0, rows: undefined })
  })
})
