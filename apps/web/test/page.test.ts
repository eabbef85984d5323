import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync, zstdCompressSync } from "node:zlib"
import type { Summary } from "@sojourn/core"
import type { Browser, BrowserContextOptions } from "playwright-core"
import { afterAll, assert, beforeAll, beforeEach, describe, it, onTestFinished } from "vitest"
import { directory, inShell, textOf } from "./support/command.ts"
import { doubtful, fiveRecords, jsonLines, manyMistakes } from "./support/records.ts"
import { Site } from "./support/Site.ts"
import { noBrowser, startBrowser, Visitor } from "./support/Visitor.ts"
import { zip } from "./support/zip.ts"

const sample = readFileSync(join(import.meta.dirname, "../../../examples/quickstart/events.jsonl"), "utf8")
const events = { name: "events.jsonl", text: sample }

describe("the page in Chromium", { timeout: 180_000 }, () => {
  let site: Site | undefined
  let browser: Browser | undefined
  let built = ""

  beforeAll(async () => {
    if (noBrowser !== undefined) return
    built = mkdtempSync(join(tmpdir(), "sojourn-site-"))
    site = await Site.open(built)
    browser = await startBrowser()
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    site?.close()
    if (built !== "") rmSync(built, { recursive: true })
  })
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser))

  const visit = async (options: BrowserContextOptions = {}): Promise<Visitor> => {
    if (browser === undefined || site === undefined) return assert.fail("no browser was started")
    const visitor = await Visitor.at(browser, site.address, options)
    onTestFinished(() => visitor.leave())
    return visitor
  }

  it("gives for five records the numbers, the tables and the bytes of the command that it copies", async () => {
    const five = { name: "events.json", text: jsonLines(fiveRecords) }
    const visitor = await visit()
    await visitor.drop(five)
    await visitor.run()
    assert.deepStrictEqual(await visitor.tiles(), {
      read: "5",
      accepted: "4",
      rejected: "1",
      duplicates: "1",
      users: "2",
      sessions: "2",
      median: "2m30s"
    })
    assert.strictEqual(
      await visitor.page.textContent(".balance"),
      "read 5 = 4 accepted + 1 skipped; 4 = 3 unique + 1 duplicate"
    )
    const at = directory(five)
    await inShell(await visitor.copy("Copy as command"), at)
    const again = directory(five, { name: "sessions.yaml", text: await visitor.copy("Copy as spec") })
    const asOf = / --as-of \S+/.exec(await visitor.copy("Copy as command"))?.[0] ?? ""
    await inShell(`sojourn run sessions.yaml${asOf}`, again)
    for (const name of ["sessions.csv", "events.csv", "rejects.csv"]) {
      assert.strictEqual(textOf(again, name), textOf(at, name), `${name} of the spec and of the command`)
    }

    await visitor.tab("Sessions")
    assert.deepStrictEqual(await visitor.rows("Sessions"), [
      ["1", "2024-07-10 10:00:00", "5m", "2", "", "first event", "1"],
      ["2", "2024-07-10 10:10:00", "0s", "1", "", "first event", "1"]
    ])
    const sessions = new TextDecoder().decode(await visitor.download("sessions", "CSV"))
    assert.strictEqual(sessions, textOf(at, "sessions.csv"))
    assert.include(sessions, ",1,2024-07-10T10:00:00Z,2024-07-10T10:05:00Z,300,2,")

    await visitor.tab("Skipped rows")
    assert.deepStrictEqual(await visitor.rows("Skipped rows"), [
      [
        "events.json:4",
        "invalid ISO-8601",
        '{"user_id":2,"event_type":"click","event_time":"invalid-timestamp"}',
        "2",
        "invalid-timestamp",
        "click"
      ]
    ])
    assert.deepStrictEqual(await visitor.rows("Removed duplicates"), [
      ["record 3", "record 2", "1", "2024-07-10 10:05:00", "view"]
    ])
    const rejects = new TextDecoder().decode(await visitor.download("rejects", "CSV"))
    assert.strictEqual(rejects, textOf(at, "rejects.csv"))
    await visitor.tab("Events")
    assert.strictEqual(new TextDecoder().decode(await visitor.download("events", "CSV")), textOf(at, "events.csv"))
  })

  it("runs a recipe to the bytes of the command", async () => {
    const visitor = await visit()
    const { page } = visitor
    await visitor.drop({ name: "events.json", text: JSON.stringify(fiveRecords, null, 2) })
    await page.getByLabel("Job").selectOption({ label: "recipe event-sessions" })
    await page.locator(".field .note").getByText("One session a user").waitFor()
    await visitor.run()
    const { rejected, sessions } = await visitor.tiles()
    assert.deepStrictEqual([rejected, sessions], ["1", "2"])
    const at = directory({ name: "events.json", text: JSON.stringify(fiveRecords, null, 2) })
    await inShell(await visitor.copy("Copy as command"), at)
    await visitor.tab("Sessions")
    const written = new TextDecoder().decode(await visitor.download("sessions", "CSV"))
    assert.strictEqual(
      written,
      "user_id,session_start,session_end,event_count\n1,2024-07-10T10:00:00Z,2024-07-10T10:05:00Z,2\n" +
        "2,2024-07-10T10:10:00Z,2024-07-10T10:10:00Z,1\n"
    )
    assert.strictEqual(written, textOf(at, "sessions.csv"))
    await visitor.tab("Skipped rows")
    const skipped = new TextDecoder().decode(await visitor.download("rejects", "CSV"))
    assert.strictEqual(
      skipped,
      "event,reason,user_id,event_time,event_type\n4,invalid ISO-8601,2,invalid-timestamp,click\n"
    )
    assert.strictEqual(skipped, textOf(at, "rejects.csv"))
    await visitor.tab("Events")
    await page.getByRole("link", { name: "record 5" }).click()
    await page.locator(".row.active .line-number").getByText("22").waitFor()
  })

  it("gives the command for a recipe that it cannot run", async () => {
    const visitor = await visit()
    const { page } = visitor
    await visitor.drop(events)
    await page.getByLabel("Job").selectOption({ label: "recipe learning-sessions (by the command)" })
    await page.getByRole("alert").getByText("it does several jobs, one after the other").waitFor()
    assert.isTrue(await page.getByRole("button", { name: "Run" }).isDisabled())
    assert.match(await visitor.copy("Copy as command"), /^sojourn run learning-sessions /)
    assert.include(await visitor.copy("Copy as spec"), "name: learning-sessions")
    await page.getByLabel("Job").selectOption({ label: "sessions" })
    await visitor.run()
  })

  it("shows every kind of reject beside its line", async () => {
    const visitor = await visit()
    await visitor.drop({ name: "mistakes.jsonl", text: manyMistakes() })
    await visitor.run()
    const { accepted, read, rejected } = await visitor.tiles()
    assert.deepStrictEqual([read, accepted, rejected], ["200", "191", "9"])
    await visitor.tab("Skipped rows")
    const rows = await visitor.rows("Skipped rows")
    assert.deepStrictEqual(
      rows.map(([place, reason]) => [place, reason]),
      [
        ["mistakes.jsonl:11", "invalid JSON"],
        ["mistakes.jsonl:31", "invalid JSON"],
        ["mistakes.jsonl:51", "not a JSON object"],
        ["mistakes.jsonl:71", "missing user_id"],
        ["mistakes.jsonl:91", "missing user_id"],
        ["mistakes.jsonl:111", "invalid type for user_id"],
        ["mistakes.jsonl:131", "missing event_time"],
        ["mistakes.jsonl:151", "invalid ISO-8601"],
        ["mistakes.jsonl:171", "invalid type for event_type"]
      ]
    )
    await visitor.page.getByRole("button", { name: "missing user_id" }).click()
    await visitor.page.getByText("showing 2 of 9 skipped rows").waitFor()
    await visitor.page.getByRole("link", { name: "mistakes.jsonl:91" }).click()
    const line = visitor.page.locator(".row.active")
    await line.getByText("missing user_id").waitFor()
    assert.include(await line.textContent(), '"user_id":""')
    await visitor.page.getByRole("button", { name: "Next skipped" }).click()
    await line.getByText("invalid type for user_id").waitFor()
  })

  it("lets everything be changed, tells what will come of it, and remembers it by the columns", async () => {
    const visitor = await visit()
    const { page } = visitor
    const csv = "who,visitor,at,what\na,v1,01/02/2024 10:00,x\nb,v1,01/02/2024 10:20,y\nb,v2,25/02/2024 10:30,x\n"
    await visitor.drop({ name: "odd.csv", text: csv })
    await page.getByRole("alert").getByText("cannot tell which column is the user").waitFor()
    assert.isTrue(await page.getByRole("button", { name: "Run" }).isDisabled())
    await page.getByLabel("User", { exact: true }).fill("visitor")
    await page.keyboard.press("Enter")
    await page
      .getByText("3 sessions of 2 users with a gap of")
      .or(page.getByText("2 sessions of 2 users with a gap of"))
      .waitFor()
    await page.getByLabel("Gap", { exact: true }).first().fill("10m")
    await page.keyboard.press("Enter")
    await page.getByText("3 sessions of 2 users with a gap of 10m").waitFor()
    await page.getByText("Further rules").click()
    await page.getByLabel("Most events").fill("1")
    await page.keyboard.press("Enter")
    await page.waitForFunction(() => document.querySelector(".spec")?.textContent?.includes("max_events: 1"))
    const spec = await visitor.copy("Copy as spec")
    assert.include(spec, "user: visitor")
    assert.include(spec, "gap: 10m")
    await page.getByRole("textbox", { name: "Ends a session" }).fill("regexp_matches(what, '^y$')")
    await page.keyboard.press("Enter")
    await page.waitForFunction(() => document.querySelector(".spec")?.textContent?.includes("regexp_matches"))
    await page.getByRole("textbox", { name: "Ends a session" }).fill("nonsense(what)")
    await page.keyboard.press("Enter")
    await page.getByRole("alert").getByText("nonsense").first().waitFor()
    await page.getByRole("textbox", { name: "Ends a session" }).fill("")
    await page.keyboard.press("Enter")
    await page.getByRole("alert").waitFor({ state: "detached" })
    await visitor.run()
    const at = directory({ name: "odd.csv", text: csv }, { name: "sessions.yaml", text: spec })
    await inShell(await visitor.copy("Copy as command"), at)
    await visitor.tab("Sessions")
    assert.strictEqual(new TextDecoder().decode(await visitor.download("sessions", "CSV")), textOf(at, "sessions.csv"))
    await visitor.drop({ name: "again.csv", text: csv })
    await page.getByText("2 sessions of 2 users with a gap of 30m").waitFor()
    assert.strictEqual(await page.getByLabel("User", { exact: true }).inputValue(), "visitor")
  })

  it("filters by a brushed time on every tab, and an address leads back to what was seen", async () => {
    const visitor = await visit()
    const { page } = visitor
    await visitor.drop(events)
    await visitor.run()
    await visitor.tab("Events")
    const chart = page.locator(".timeline .u-over")
    await chart.waitFor()
    const box = (await chart.boundingBox()) ?? assert.fail("no chart")
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 })
    await page.mouse.up()
    const shown = page.getByText(/^showing [\d,]+ of 2,951 events$/)
    await page.waitForFunction(() => !document.querySelector("output")?.textContent?.startsWith("showing 2,951"))
    const some = await shown.textContent()
    const showing = {
      Summary: /^showing [\d,]{1,3} of 481 sessions$/,
      "Skipped rows": /^showing \d of 18 skipped rows; .* left out; showing \d+ of 31 duplicates$/,
      "Original data": /^showing \d of 18 skipped rows$/
    }
    for (const [tab, text] of Object.entries(showing)) {
      await visitor.tab(tab)
      await page.locator("output", { hasText: text }).waitFor()
    }
    await visitor.tab("Sessions")
    await page.getByText(/^showing [\d,]+ of 481 sessions$/).waitFor()
    await page.getByRole("button", { name: "Duration" }).click()
    await page.locator(".rows-all .row").first().click()
    await page.getByRole("complementary").getByRole("heading").waitFor()
    const seen = [await page.textContent(".panel h2"), await page.textContent("output"), await visitor.rows("Sessions")]
    const open = async () => {
      await page.getByRole("complementary").getByRole("heading").waitFor()
      return [await page.textContent(".panel h2"), await page.textContent("output"), await visitor.rows("Sessions")]
    }
    await page.reload()
    assert.deepStrictEqual(await open(), seen)
    const address = page.url()
    await page.goto("about:blank")
    await page.goto(address)
    assert.deepStrictEqual(await open(), seen)
    await visitor.tab("Events")
    await page.getByText(some ?? "", { exact: true }).waitFor()
    await page.getByRole("button", { name: "Clear all" }).click()
    await page.getByText("showing 2,951 of 2,951 events").waitFor()
  })

  it("is used with the keyboard alone", async () => {
    const visitor = await visit()
    const { page } = visitor
    const tabTo = async (name: string) => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press("Tab")
        const focused = await page.evaluate(() => {
          const { activeElement } = document
          return activeElement?.getAttribute("aria-label") ?? activeElement?.textContent ?? ""
        })
        if (focused.startsWith(name)) return
      }
      assert.fail(`no way by Tab to ${name}`)
    }
    await tabTo("Try the sample")
    await page.keyboard.press("Enter")
    await page.locator(".go .primary:enabled").waitFor()
    await tabTo("Run")
    await page.keyboard.press("Enter")
    await page.locator(".charts").waitFor()
    await tabTo("Sessions")
    await page.keyboard.press("Enter")
    await visitor.rows("Sessions")
    await tabTo("Sessions")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "Session 3 of u0" }).waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("complementary").waitFor({ state: "detached" })
  })

  it("can be stopped while it runs, and run again", async () => {
    const visitor = await visit()
    const { page } = visitor
    // Made in the page: the way into it is slow.
    await page.evaluate((text) => {
      const transfer = new DataTransfer()
      transfer.items.add(
        new File(
          Array.from({ length: 150 }, () => text),
          "large.jsonl"
        )
      )
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }))
    }, sample)
    await page.locator(".go .primary:enabled").click()
    await page.getByText(/ of 57 MB$/).waitFor()
    await page.getByText(/ left$/).waitFor()
    await visitor.keepPicture("running")
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.locator(".go .primary:enabled").waitFor()
    assert.include(page.url(), "/setup")
    await visitor.drop(events)
    await visitor.run()
    assert.strictEqual((await visitor.tiles()).sessions, "481")
  })

  it("reads gzip, zstd and zip as the command does, and the Parquet that it writes", async () => {
    const visitor = await visit()
    const { page } = visitor
    const packed = {
      "events.jsonl.gz": gzipSync(sample),
      "events.jsonl.zst": zstdCompressSync(sample),
      "events.zip": await zip({ "events.jsonl": sample })
    }
    for (const [name, content] of Object.entries(packed)) {
      await page.getByRole("link", { name: "Sojourn" }).click()
      await page.setInputFiles("input[type=file]", { name, mimeType: "", buffer: Buffer.from(content) })
      await page.locator(".go").waitFor()
      await visitor.run()
      assert.strictEqual((await visitor.tiles()).sessions, "481")
      const at = directory()
      writeFileSync(join(at, name), content)
      await inShell(await visitor.copy("Copy as command"), at)
      await visitor.tab("Sessions")
      const sessions = new TextDecoder().decode(await visitor.download("sessions", "CSV"))
      assert.strictEqual(sessions, textOf(at, "sessions.csv"))
    }
    await visitor.tab("Original data")
    await page.getByRole("button", { name: "Next skipped" }).click()
    await page.locator(".row.active .mark").getByText("invalid JSON").waitFor()
    await visitor.tab("Events")
    const parquet = Buffer.from(await visitor.download("events", "Parquet"))
    await page.getByRole("link", { name: "Sojourn" }).click()
    await page.setInputFiles("input[type=file]", { name: "events.parquet", mimeType: "", buffer: parquet })
    await page.getByText("Parquet (guessed)").waitFor({ state: "attached" })
    await visitor.run()
    const { read, sessions } = await visitor.tiles()
    assert.deepStrictEqual([read, sessions], ["2,951", "481"])
  })

  it("tells what is wrong with a file, and what to do", async () => {
    const visitor = await visit()
    const { page } = visitor
    const row = "u1,2024-01-01T10:00:00Z,view\n"
    const cases: ReadonlyArray<readonly [name: string, content: string | Uint8Array, message: string]> = [
      ["empty.csv", "", "empty.csv is empty"],
      ["rows.csv", row.repeat(3), "the first row of rows.csv looks like data"],
      ["picture.bin", new Uint8Array([0, 1, 2, 255]), "it is no text"],
      ["cut.jsonl.gz", gzipSync(sample).subarray(0, 20_000), "cut.jsonl.gz is a damaged gzip file"],
      ["cut.parquet", "PAR1 and no more PAR1", "cannot read cut.parquet as parquet"],
      ["all.zip", "PK\u0003\u0004", "all.zip is a damaged zip file"]
    ]
    for (const [name, content, message] of cases) {
      await page.getByRole("link", { name: "Sojourn" }).click()
      await page.locator(".drop").waitFor()
      await page.setInputFiles("input[type=file]", { name, mimeType: "", buffer: Buffer.from(content) })
      await page.getByRole("alert").getByText(message).waitFor()
    }
    await page.getByRole("link", { name: "Sojourn" }).click()
    await page.setInputFiles("input[type=file]", { name: "rows.csv", mimeType: "", buffer: Buffer.from(row.repeat(3)) })
    await page.getByLabel("First row (CSV)").selectOption({ label: "is data" })
    await page.getByLabel("User", { exact: true }).fill("c1")
    await page.keyboard.press("Enter")
    await visitor.run()
    assert.strictEqual((await visitor.tiles()).read, "3")
  })

  it("needs no network once it was there", async () => {
    const visitor = await visit()
    const { page } = visitor
    await page.evaluate(async () => void (await navigator.serviceWorker.ready))
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.context().setOffline(true)
    await page.reload()
    await visitor.drop(events)
    await visitor.run()
    assert.strictEqual((await visitor.tiles()).sessions, "481")
    await visitor.tab("Events")
    await page.locator(".timeline canvas").waitFor()
    await page.reload()
    await page.locator(".timeline canvas").waitFor()
  })

  it("warns on top, and shows what is open and what a duplicate has otherwise", async () => {
    const visitor = await visit({ colorScheme: "dark" })
    const { page } = visitor
    await visitor.drop({ name: "doubtful.jsonl", text: doubtful(Date.now()) })
    await page.getByLabel("Duplicates").selectOption({ label: "user, time, type" })
    await page.waitForFunction(() => document.querySelector(".spec")?.textContent?.includes("dedupe"))
    await visitor.run()
    const warnings = await page.locator(".warnings li").allTextContents()
    for (const word of [
      /user "u1" has 3\d % of/,
      /4 times in event_time outside .*: before 1990/,
      /zone/,
      /"anonymous"/
    ]) {
      assert.isTrue(
        warnings.some((warning) => word.test(warning)),
        `${word} in ${warnings.join("; ")}`
      )
    }
    await page.locator(".hatched-key").waitFor()
    await visitor.checkView("summary-warned")
    await visitor.tab("Sessions")
    await page.getByRole("button", { name: "Start" }).click()
    await page.getByRole("button", { name: "Start" }).click()
    await page.locator(".open-end").first().waitFor()
    await visitor.checkView("sessions-open")
    await visitor.tab("Skipped rows")
    await page.getByText("showing 5 of 5 duplicates").waitFor()
    await page.getByText("kept: /p/4").first().waitFor()
    await visitor.checkView("skipped-duplicates")
  })

  it("compares under any rules, as an address says them", async () => {
    const visitor = await visit()
    const { page } = visitor
    await visitor.drop(events)
    await visitor.run()
    await visitor.tab("Compare")
    await page.getByText("Further rules").click()
    await page.getByRole("textbox", { name: "Ends a session" }).fill("event_type = 'purchase'")
    await page.keyboard.press("Enter")
    const heading = page.getByRole("heading", { name: /only here/ })
    await heading.waitFor()
    await page.getByLabel("Midnight ends a session").check()
    await page.getByText("midnight ends a session").waitFor()
    await heading.waitFor()
    const difference = await heading.textContent()
    const at = directory(events)
    const spec = (await visitor.copy("Copy as spec")).replace(
      "sessions:",
      "sessions:\n  end: type = 'purchase'\n  midnight: true"
    )
    writeFileSync(join(at, "other.yaml"), spec)
    const summary = JSON.parse(await inShell("sojourn run other.yaml --summary json", at)) as Summary
    const other = page
      .locator("tr", { hasText: /^Sessions/ })
      .locator("td")
      .nth(1)
    assert.strictEqual(await other.textContent(), String(summary.sessions?.count))
    await page.getByRole("textbox", { name: "User" }).fill("u0")
    await page.keyboard.press("Enter")
    await page.getByText(/^showing \d+ of [\d,]+ sessions that differ$/).waitFor()
    await page.reload()
    await heading.waitFor()
    assert.strictEqual(await heading.textContent(), difference)
    await page.getByRole("textbox", { name: "Ends a session" }).fill("nonsense(")
    await page.keyboard.press("Enter")
    await page.getByRole("alert").waitFor()
  })

  for (const [name, options] of [
    ["light", { colorScheme: "light" }],
    ["dark-360", { colorScheme: "dark", viewport: { width: 360, height: 740 } }]
  ] as const) {
    it(`has every view in ${name}, with nothing for axe to object to`, async () => {
      const visitor = await visit(options)
      const { page } = visitor
      const check = async (view: string) => {
        await visitor.checkView(`${view}-${name}`)
        await visitor.checkFits()
      }
      await check("start")
      await visitor.drop(events)
      await page.locator(".go .primary:enabled").waitFor()
      await check("set-up")
      await visitor.run()
      await check("summary")
      await visitor.tab("Sessions")
      await visitor.rows("Sessions")
      await page.locator(".rows-all .row").nth(5).click()
      await page.locator(".panel .events").waitFor()
      await check("sessions")
      await visitor.tab("Events")
      await page.locator(".timeline canvas").waitFor()
      await visitor.rows("Events")
      await check("events")
      await visitor.tab("Skipped rows")
      await visitor.rows("Removed duplicates")
      await check("skipped")
      await visitor.tab("Original data")
      await page.getByRole("button", { name: "Next skipped" }).click()
      await page.locator(".row.rejected .mark").first().waitFor()
      await check("original")
      await visitor.tab("Compare")
      await page.getByLabel("Gap", { exact: true }).fill("10m")
      await page.keyboard.press("Enter")
      await page.getByText("195 only here, 544 only there").waitFor()
      await check("compare")
    })
  }
})
