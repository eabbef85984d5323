import type { Browser } from "playwright-core"
import { afterAll, assert, beforeAll, beforeEach, onTestFinished } from "vitest"
import { Server } from "./Server.ts"
import { noBrowser, startBrowser, Visitor } from "./Visitor.ts"

/** Gives the tests of a suite a server and a browser, and the function by which somebody visits it in a test. */
export const visits = (): (() => Promise<Visitor>) => {
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

  return async () => {
    if (browser === undefined || server === undefined) return assert.fail("no server was started")
    const visitor = await Visitor.at(browser, server.address)
    onTestFinished(() => visitor.leave())
    return visitor
  }
}
