import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { type Job, type JobResult, runJob } from "../src/runJob.ts"
import type { Reply } from "../src/worker.ts"
import { Browser, noBrowser } from "./support/Browser.ts"
import { bundleForBrowser } from "./support/bundleForBrowser.ts"
import { makeInputs } from "./support/makeInputs.ts"
import { spec } from "./support/spec.ts"

const job: Job = {
  spec,
  environment: { KEY: "a secret of the test" },
  asOfMicros: 1_735_689_600_000_000,
  inputs: makeInputs(1),
  plain: false
}

/** What a worker gave, if it was no error. */
const ran = (reply: Reply) => ("error" in reply ? assert.fail(reply.error) : reply)

describe("a web worker in Chromium", () => {
  let browser: Browser | undefined

  const run = (job: Job): Promise<Reply> => browser?.run(job) ?? assert.fail("no browser was started")

  beforeAll(async () => {
    if (noBrowser !== undefined) return
    const { script } = await bundleForBrowser(resolve(import.meta.dirname, "../src/worker.ts"))
    browser = await Browser.open(script)
  })
  afterAll(() => browser?.close())
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser))

  it("has nothing of Node, no SharedArrayBuffer, and the kernels", async () => {
    const { surroundings } = ran(await run(job))
    assert.deepStrictEqual(surroundings, {
      isWorker: true,
      nodeGlobals: [],
      crossOriginIsolated: false,
      hasSharedArrayBuffer: false,
      hasKernels: true
    })
  })

  it("writes byte for byte what Node writes, with the kernels and without", async () => {
    const inNode = await Effect.runPromise(runJob(job))
    assert.hasAllKeys(inNode.outputs, ["sessions", "events", "users", "hours", "duplicates", "rejects"].map(csv))
    const { accounting, rejected_by } = inNode.summary
    assert.isAbove(accounting.duplicates, 100)
    assert.includeMembers(
      rejected_by.map(({ code }) => code),
      ["json.syntax", "csv.columns", "csv.syntax", "text.encoding", "field.missing", "field.value", "time.invalid"]
    )
    for (const plain of [false, true]) {
      const { result } = ran(await run({ ...job, plain }))
      assert.deepStrictEqual(texts(result), texts(inNode))
      assert.deepStrictEqual(result.summary, inNode.summary)
      assert.deepStrictEqual(result.withKernels, [!plain, !plain])
    }
  })

  it("tells what is wrong with a spec as Node does", async () => {
    const wrong = { ...job, spec: spec.replace("gap: 30m", "gab: 30m") }
    const error = await Effect.runPromise(Effect.flip(runJob(wrong)))
    assert.include(error.message, "gab")
    assert.deepStrictEqual(await run(wrong), { error: error.message })
  })
})

const csv = (table: string) => `${table}.csv`

/** Outputs as texts, which differ where the bytes do, for differences that can be read. */
const texts = ({ outputs }: JobResult) => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  return Object.fromEntries(Object.entries(outputs).map(([uri, bytes]) => [uri, decoder.decode(bytes)]))
}
