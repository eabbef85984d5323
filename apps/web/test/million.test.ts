import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Summary } from "@sojourn/core"
import { assert, describe, it } from "vitest"
import { directory, generate, inShell } from "./support/command.ts"
import { visits } from "./support/visits.ts"
import type { Visitor } from "./support/Visitor.ts"

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

describe("a million events", { timeout: 600_000 }, () => {
  const visit = visits()

  /** What a visitor sees of the file: the numbers, both ends of the table, the digests of the downloads. */
  const seen = async (place: string, file: string) => {
    const visitor = await visit()
    const { page } = visitor
    page.setDefaultTimeout(240_000)
    await page.getByLabel("Computed").selectOption({ label: place })
    await page.setInputFiles("input[type=file]", file)
    await page.locator(".go .primary:enabled").click()
    await page.locator(".charts").waitFor()
    const tiles = await visitor.tiles()
    await visitor.tab("Sessions")
    const first = await visitor.rows("Sessions")
    const last = await lastRow(visitor)
    const sessions = digest(await visitor.download("sessions", "CSV"))
    await visitor.tab("Events")
    await visitor.rows("Events")
    const events = digest(await visitor.download("events", "CSV"))
    const lastEvent = await lastRow(visitor)
    await visitor.tab("Skipped rows")
    await visitor.rows("Skipped rows")
    const rejects = digest(await visitor.download("rejects", "CSV"))
    return { tiles, ends: [first.slice(0, 5), last, lastEvent], digests: { sessions, events, rejects } }
  }

  /** The last row of the grid, which is there as soon as it is scrolled to, as is one in the middle. */
  const lastRow = async ({ page }: Visitor) => {
    const grid = page.getByRole("grid")
    const rows = Number(await grid.getAttribute("aria-rowcount"))
    await grid.evaluate((element) => (element.scrollTop = element.scrollHeight / 2))
    await page.waitForFunction(
      (half) => {
        const row = [...document.querySelectorAll(".rows-all > .row")].at(10)
        const near = Math.abs(Number(row?.getAttribute("aria-rowindex")) - half) < 0.01 * half
        return near && row?.textContent !== ""
      },
      Math.round(rows / 2)
    )
    await grid.focus()
    await page.keyboard.press("End")
    const last = page.locator(`.row.active[aria-rowindex="${rows}"]`)
    await last.locator(".cell", { hasText: /./ }).first().waitFor()
    return [rows, await last.locator(".cell").allTextContents()]
  }

  it("come to the numbers and the bytes of the command, on the server and in the browser", async () => {
    const at = directory()
    const file = join(at, "events.csv")
    await generate(1_000_000, file)
    const onServer = await seen("on the server", file)
    const inBrowser = await seen("in this browser", file)
    assert.deepStrictEqual(inBrowser, onServer)
    const words = "sojourn sessions events.csv --out s.csv --events e.csv --rejects r.csv --summary json"
    const { accounting, sessions, users } = JSON.parse(await inShell(words, at)) as Summary
    const count = (value: number) => value.toLocaleString("en")
    const { median: _, ...numbers } = onServer.tiles
    assert.deepStrictEqual(numbers, {
      read: "1,000,000",
      accepted: count(accounting.accepted),
      rejected: count(accounting.rejected),
      duplicates: count(accounting.duplicates),
      users: count(users),
      sessions: count(sessions?.count ?? 0)
    })
    assert.strictEqual(onServer.ends[2]?.[0], accounting.unique + 1)
    assert.deepStrictEqual(onServer.digests, {
      sessions: digest(readFileSync(join(at, "s.csv"))),
      events: digest(readFileSync(join(at, "e.csv"))),
      rejects: digest(readFileSync(join(at, "r.csv")))
    })
  })
})
