import { once } from "node:events"
import { existsSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type Browser as Chromium, chromium, type Page } from "playwright-core"
import type { Job } from "../../src/runJob.ts"
import type { Reply } from "../../src/worker.ts"

export const executablePath = "/usr/bin/chromium"

/** Why nothing can be run in a browser here; undefined where it can, and in CI, where a missing browser is a failure. */
export const noBrowser: string | undefined =
  existsSync(executablePath) || process.env.SOJOURN_CI !== undefined
    ? undefined
    : `there is no ${executablePath}: apt-get install chromium`

/** Chromium asks nobody for anything by itself. */
export const flags: ReadonlyArray<string> = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

/** Of a page that may load the worker and do nothing else: no other request, no code made from text. */
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"

/** A page in Chromium whose web worker is the given script. */
export class Browser {
  private readonly server: Server
  private readonly chromium: Chromium
  private readonly page: Page

  private constructor(server: Server, chromium: Chromium, page: Page) {
    this.server = server
    this.chromium = chromium
    this.page = page
  }

  static async open(worker: string): Promise<Browser> {
    const started = await chromium.launch({ executablePath, args: [...flags] })
    const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
      "/": ["text/html", "<!doctype html><title>Sojourn</title>"],
      "/worker.js": ["text/javascript", worker]
    }
    const server = createServer(({ url = "" }, response) => {
      if (!Object.hasOwn(files, url)) {
        response.writeHead(404).end()
        return
      }
      const [type, content] = files[url]
      response.writeHead(200, { "content-type": `${type}; charset=utf-8`, "content-security-policy": policy })
      response.end(content)
    })
    await once(server.listen(0, "127.0.0.1"), "listening")
    const page = await started.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    return new Browser(server, started, page)
  }

  /** Runs a job in a new worker. An error that the worker does not catch is a rejection. */
  async run(job: Job): Promise<Reply> {
    return this.page.evaluate(
      (job) =>
        new Promise<Reply>((resolve, reject) => {
          const worker = new Worker("/worker.js", { type: "module" })
          worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
            worker.terminate()
            resolve(data)
          })
          worker.addEventListener("error", ({ message }) => reject(new Error(`worker: ${message}`)))
          const moved = Object.values(job.inputs).map(({ buffer }) => buffer as ArrayBuffer)
          worker.postMessage(job, moved)
        }),
      job
    )
  }

  async close(): Promise<void> {
    await this.chromium.close()
    this.server.close()
  }
}
