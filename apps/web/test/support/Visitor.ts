import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"
import { assert } from "vitest"

const executablePath = "/usr/bin/chromium"
const reports = resolve(import.meta.dirname, "../../../../.reports/page")
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8")

/** Why nothing can be run in a browser here; undefined where it can, and in CI, where a missing browser is a failure. */
export const noBrowser: string | undefined =
  existsSync(executablePath) || process.env.SOJOURN_CI !== undefined
    ? undefined
    : `there is no ${executablePath}: apt-get install chromium`

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  })

/** What axe adds to a page. */
interface Axe {
  readonly axe: {
    readonly run: (
      context: Document,
      options: unknown
    ) => Promise<{
      readonly violations: ReadonlyArray<{
        readonly id: string
        readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary: string }>
      }>
    }>
  }
}

/** A file as it is dropped. */
export interface Dropped {
  readonly name: string
  readonly text: string
}

/** Someone who uses the page in a browser of their own. Errors of the page, and requests elsewhere, are failures. */
export class Visitor {
  readonly page: Page
  private readonly problems: Array<string> = []

  private constructor(page: Page, origin: string) {
    this.page = page
    page.on("pageerror", ({ message }) => this.problems.push(message))
    page.on("console", (message) => message.type() === "error" && this.problems.push(message.text()))
    page.on("request", (request) => {
      const url = request.url()
      if (!url.startsWith(origin) && !url.startsWith("blob:")) this.problems.push(`asks for ${url}`)
    })
  }

  static async at(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 860 },
      permissions: ["clipboard-read", "clipboard-write"],
      ...options
    })
    context.setDefaultTimeout(50_000)
    const visitor = new Visitor(await context.newPage(), address)
    await visitor.page.goto(address)
    await visitor.page.waitForSelector("#content")
    return visitor
  }

  /** Drops files on the page, as a mouse would. */
  async drop(...files: ReadonlyArray<Dropped>): Promise<void> {
    const data = await this.page.evaluateHandle((files) => {
      const transfer = new DataTransfer()
      for (const { name, text } of files) transfer.items.add(new File([text], name))
      return transfer
    }, files)
    for (const type of ["dragover", "drop"]) await this.page.dispatchEvent("body", type, { dataTransfer: data })
    await this.page.waitForSelector(".go")
  }

  /** Runs what was dropped and waits for the summary. */
  async run(): Promise<void> {
    await this.page.click(".go .primary:enabled")
    await this.page.waitForSelector(".charts")
  }

  async tab(name: string): Promise<void> {
    await this.page.locator(".tabs").getByRole("link", { name }).click()
  }

  /** The numbers on top, by name. */
  async tiles(): Promise<Readonly<Record<string, string>>> {
    return this.page.$$eval("[data-tile]", (tiles) =>
      Object.fromEntries(tiles.map((tile) => [tile.getAttribute("data-tile") ?? "", tile.textContent ?? ""]))
    )
  }

  /** The texts of the cells of a grid's rows. */
  async rows(label: string): Promise<ReadonlyArray<ReadonlyArray<string>>> {
    const grid = this.page.getByRole("grid", { name: label })
    await grid.locator(".rows-all .cell").first().waitFor()
    await this.page.waitForFunction(
      (label) =>
        [...document.querySelectorAll(`[aria-label="${label}"] .rows-all .row`)].every((row) => row.textContent !== ""),
      label
    )
    return grid
      .locator(".rows-all > .row")
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll(".cell")].map((cell) => cell.textContent ?? ""))
      )
  }

  /** The bytes of a download of a table. */
  async download(table: string, format: string): Promise<Uint8Array> {
    const waiting = this.page.waitForEvent("download")
    await this.page
      .getByRole("group", { name: `Download ${table}` })
      .getByRole("button", { name: format })
      .click()
    const path = await (await waiting).path()
    return readFileSync(path)
  }

  /** What a button puts on the clipboard. */
  async copy(button: string): Promise<string> {
    await this.page.getByRole("button", { name: button }).click()
    await this.page.getByRole("button", { name: "Copied" }).first().waitFor()
    return this.page.evaluate(() => navigator.clipboard.readText())
  }

  /** Keeps a picture of the whole page. */
  async keepPicture(name: string): Promise<void> {
    mkdirSync(reports, { recursive: true })
    // What sticks to the window would hide what is behind it.
    const place = (position: string) =>
      this.page.evaluate(
        (position) => document.querySelector<HTMLElement>(".go")?.style.setProperty("position", position),
        position
      )
    await place("static")
    await this.page.screenshot({ path: join(reports, `${name}.png`), fullPage: true })
    await place("")
  }

  /** Keeps a picture, and asserts that axe finds nothing to object to. */
  async checkView(name: string): Promise<void> {
    await this.keepPicture(name)
    await this.page.evaluate(axe)
    const violations = await this.page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as Axe).axe.run(document, { resultTypes: ["violations"] })
      return violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.slice(0, 3).map(({ failureSummary, html }) => `${html.slice(0, 200)}: ${failureSummary}`)
      }))
    })
    assert.deepStrictEqual(violations, [], `what axe finds on ${name}`)
  }

  /** No sideways scrolling of the page itself. */
  async checkFits(): Promise<void> {
    const [content, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    assert.isAtMost(content, window)
  }

  async leave(): Promise<void> {
    await this.page.context().close()
    assert.deepStrictEqual(this.problems, [])
  }
}
