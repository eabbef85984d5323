import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser } from "playwright-core"
import { afterAll, assert, beforeAll, beforeEach, describe, it, onTestFinished } from "vitest"
import { directory, inShell, textOf } from "./support/command.ts"
import { Server } from "./support/Server.ts"
import { noBrowser, startBrowser, Visitor } from "./support/Visitor.ts"

const sample = readFileSync(join(import.meta.dirname, "../../../examples/quickstart/events.jsonl"), "utf8")
const events = { name: "events.jsonl", text: sample }

describe("the page of a server", { timeout: 180_000 }, () => {
  let server: Server | undefined
  let browser: Browser | undefined

  beforeAll(async () => {
    if (noBrowser !== undefined) return
    server = await Server.open()
    browser = await startBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser))

  const visit = async (): Promise<Visitor> => {
    if (browser === undefined || server === undefined) return assert.fail("no server was started")
    const visitor = await Visitor.at(browser, server.address)
    onTestFinished(() => visitor.leave())
    return visitor
  }

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
    await other.tab("Original data")
    await other.page.getByText("The files of this run are on the server").waitFor()
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
