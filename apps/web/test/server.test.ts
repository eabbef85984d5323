import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { directory, inShell, textOf } from "./support/command.ts"
import { visits } from "./support/visits.ts"

const sample = readFileSync(join(import.meta.dirname, "../../../examples/quickstart/events.jsonl"), "utf8")
const events = { name: "events.jsonl", text: sample }

const specWithTables = `version: 1
name: devices
params:
  gap: { type: duration, default: 30m, description: ends a session }
source: { uri: events.jsonl }
event:
  id: event_id
  user: user_id
  time: event_time
  type: event_type
  columns: { device: device }
sessions:
  gap: { param: gap }
  columns: { device: first(device) }
users:
  columns: { devices: list(distinct device) }
tables:
  daily:
    from: sessions
    by: [device]
    columns:
      sessions: count(*)
      longest_sec: max(session_duration_sec)
      share: round(count(*) / sum(event_count), 3)
checks:
  - { name: busy days, on: daily, expect: sessions > 100000, severity: warn }
outputs:
  sessions: { uri: sessions.csv }
  daily: { uri: daily.csv }
`

describe("the page of a server", { timeout: 180_000 }, () => {
  const visit = visits()

  it("computes there, and is found again by the address, also by others", async () => {
    const visitor = await visit()
    const { page } = visitor
    await visitor.drop(events)
    await visitor.run()
    assert.match(page.url(), /#\/job\/[0-9a-f]{32}\/summary$/)
    const { sessions } = await visitor.tiles()
    assert.strictEqual(sessions, "481")
    await visitor.tab("Sessions")
    const rows = await visitor.rows("Sessions")
    const at = directory(events)
    await inShell("sojourn sessions events.jsonl --out sessions.csv --events events.csv", at)
    assert.strictEqual(new TextDecoder().decode(await visitor.download("sessions", "CSV")), textOf(at, "sessions.csv"))
    await visitor.tab("Compare")
    await page.getByLabel("Gap", { exact: true }).fill("10m")
    await page.keyboard.press("Enter")
    await page.getByText("195 only here, 544 only there").waitFor()
    await visitor.tab("Sessions")

    const other = await visit()
    await other.page.goto(page.url())
    assert.deepStrictEqual(await other.rows("Sessions"), rows)
  })

  it("shows the lines of a run to those who have not its files, compares it, and runs it otherwise", async () => {
    const visitor = await visit()
    await visitor.drop(events)
    await visitor.page.getByLabel("Gap", { exact: true }).first().fill("20m")
    await visitor.page.keyboard.press("Enter")
    await visitor.page.getByText("with a gap of 20m").waitFor()
    await visitor.run()
    const { sessions } = await visitor.tiles()

    // Another browser, which knows nothing but the address.
    const other = await visit()
    const { page } = other
    await page.goto(visitor.page.url())
    await page.locator(".charts").waitFor()
    assert.strictEqual((await other.tiles()).sessions, sessions)
    await other.tab("Original data")
    await page.getByRole("button", { name: "Next skipped" }).click()
    await page.locator(".row.active .mark").getByText("invalid JSON").waitFor()
    const original = page.waitForEvent("download")
    await page.getByRole("button", { name: "Download events.jsonl" }).click()
    assert.strictEqual(readFileSync(await (await original).path(), "utf8"), sample)
    await other.tab("Events")
    await page
      .getByRole("link", { name: /^record / })
      .first()
      .click()
    await page.locator(".row.active", { hasText: '"user_id":"u0"' }).waitFor()

    const sent: Array<string> = []
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()))
    await other.tab("Compare")
    await page.getByLabel("Gap", { exact: true }).fill("10m")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: /only here/ }).waitFor()
    await page.getByText("gap 20m").waitFor()
    await other.tab("Set-up")
    assert.strictEqual(await page.getByLabel("Gap", { exact: true }).first().inputValue(), "20m")
    await page.getByLabel("Gap", { exact: true }).first().fill("30m")
    await page.keyboard.press("Enter")
    await page.getByText("481 sessions of 342 users with a gap of 30m").waitFor()
    const before = page.url()
    await other.run()
    assert.strictEqual((await other.tiles()).sessions, "481")
    assert.notStrictEqual(page.url().split("/").at(-2), before.split("/").at(-2))
    // Nothing was sent again, but what is to be done.
    assert.deepStrictEqual([...new Set(sent.map((address) => new URL(address).pathname))], ["/v1/runs"])
    await page.reload()
    await page.locator(".charts").waitFor()
    assert.strictEqual((await other.tiles()).sessions, "481")

    await page.getByLabel("Computed").selectOption({ label: "in this browser" })
    await other.tab("Set-up")
    await page.getByLabel("Gap", { exact: true }).first().fill("20m")
    await page.keyboard.press("Enter")
    await page.getByText("with a gap of 20m").waitFor()
    await other.run()
    assert.strictEqual((await other.tiles()).sessions, sessions)
    await page.reload()
    await page.locator(".charts").waitFor()
    assert.strictEqual((await other.tiles()).sessions, sessions)
  })

  it("shows the tables that a spec declares, and lets it be changed", async () => {
    const visitor = await visit()
    const { page } = visitor
    const id = await page.evaluate(
      async ([text, spec]) => {
        const form = new FormData()
        form.append("file", new File([text], "events.jsonl"))
        const upload = (await (await fetch("v1/uploads", { method: "POST", body: form })).json()) as { id: string }
        const body = JSON.stringify({ source: { upload: upload.id }, spec, params: { gap: "15m" } })
        const headers = { "content-type": "application/json" }
        const run = await (await fetch("v1/runs", { method: "POST", headers, body })).json()
        return (run as { id: string }).id
      },
      [sample, specWithTables] as const
    )
    await page.goto(`${page.url().split("#")[0]}#/job/${id}/tables`)
    const days = await visitor.rows("daily")
    const at = directory(events, { name: "spec.yaml", text: specWithTables })
    await inShell("sojourn run spec.yaml --gap 15m", at)
    assert.strictEqual(new TextDecoder().decode(await visitor.download("daily", "CSV")), textOf(at, "daily.csv"))
    assert.deepStrictEqual(
      days.map(([device, sessions]) => `${device},${sessions}`),
      textOf(at, "daily.csv")
        .trim()
        .split("\n")
        .slice(1)
        .map((row) => row.split(",").slice(0, 2).join(","))
    )
    await visitor.checkView("tables")
    await page.setViewportSize({ width: 360, height: 740 })
    await visitor.checkView("tables-360")
    await visitor.checkFits()
    await page.setViewportSize({ width: 1280, height: 860 })
    await page.getByLabel("Table", { exact: true }).selectOption({ label: "users" })
    await page.getByText('["android","ios","web"]').or(page.getByText("android")).first().waitFor()
    await visitor.tab("Summary")
    await page.getByText("busy days:").waitFor()
    await visitor.tab("Compare")
    await page.getByLabel("gap", { exact: true }).fill("30m")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: /only here/ }).waitFor()
    await visitor.tab("Set-up")
    await page.locator(".go .primary:enabled").waitFor()
    await visitor.checkView("set-up-spec")
    const text = page.getByLabel("Spec", { exact: true })
    await text.fill(
      specWithTables
        .replace("  daily:\n", "  by_device:\n")
        .replace("on: daily", "on: by_device")
        .replace("  daily: {", "  by_device: {")
    )
    await page.getByLabel("gap", { exact: true }).fill("30m")
    await page.keyboard.press("Enter")
    await visitor.run()
    assert.strictEqual((await visitor.tiles()).sessions, "481")
    await visitor.tab("Tables")
    await visitor.rows("by_device")
  })

  it("goes on while the page is reloaded and left, and can be stopped", async () => {
    const visitor = await visit()
    const { page } = visitor
    const dropLarge = () =>
      page.evaluate((text) => {
        const transfer = new DataTransfer()
        transfer.items.add(
          new File(
            Array.from({ length: 60 }, () => text),
            "large.jsonl"
          )
        )
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }))
      }, sample)
    await dropLarge()
    await page.locator(".go .primary:enabled").click()
    await page.waitForURL(/#\/job\/[0-9a-f]{32}\//)
    await page.reload()
    await page.getByRole("link", { name: "Sojourn" }).click()
    await page.locator(".drop").waitFor()
    await page.goBack()
    await page.locator(".charts").waitFor()
    assert.strictEqual((await visitor.tiles()).read, "180,000")
    await page.getByRole("link", { name: "Sojourn" }).click()
    await dropLarge()
    await page.locator(".go .primary:enabled").click()
    await page.waitForURL(/#\/job\/[0-9a-f]{32}\//)
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.locator(".go .primary:enabled").waitFor()
  })

  it("computes in the browser when it is asked to", async () => {
    const visitor = await visit()
    const { page } = visitor
    await page.getByLabel("Computed").selectOption({ label: "in this browser" })
    const sent: Array<string> = []
    page.on("request", (request) => request.url().includes("/v1/") && sent.push(request.url()))
    await visitor.drop(events)
    await visitor.run()
    assert.strictEqual((await visitor.tiles()).sessions, "481")
    assert.deepStrictEqual(sent, [])
  })
})
