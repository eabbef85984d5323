import { bundleForBrowser } from "./test/support/bundleForBrowser.ts"
import { runJob } from "./src/runJob.ts"
import * as Effect from "effect/Effect"
import { chromium } from "playwright-core"
import { createServer } from "node:http"
import { readFileSync } from "node:fs"
import { createHash } from "node:crypto"
const dir = import.meta.dirname
const { script } = await bundleForBrowser(dir + "/src/worker.ts")
const spec = (f) => `version: 1
name: t
source: { uri: ${f} }
event: { id: event_id, user: user_id, time: event_time, type: event_type, columns: { page: page_url, device: device } }
sessions: { gap: 30m }
outputs: { sessions: { uri: s.csv }, rejects: { uri: r.csv } }
`
const inputs = { "events.jsonl": readFileSync("/tmp/thr/events.jsonl"), "events.csv": readFileSync("/tmp/thr/events.csv") }
const server = createServer((q, r) => {
  const n = q.url.slice(1)
  if (n === "") r.writeHead(200, {"content-type":"text/html"}).end("<!doctype html>")
  else if (n === "worker.js") r.writeHead(200, {"content-type":"text/javascript"}).end(script)
  else if (inputs[n]) r.writeHead(200).end(inputs[n])
  else r.writeHead(404).end()
}).listen(0, "127.0.0.1")
await new Promise((f) => server.once("listening", f))
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--disable-gpu"] })
const page = await b.newPage()
await page.goto(`http://127.0.0.1:${server.address().port}/`)
const sha = (u) => createHash("sha256").update(u).digest("hex").slice(0, 12)
for (const name of Object.keys(inputs)) for (const plain of [false, true]) {
  const base = { spec: spec(name), environment: {}, asOfMicros: 1.75e15, plain }
  const c = await page.evaluate(async ({ base, name }) => {
    const bytes = new Uint8Array(await (await fetch("/" + name)).arrayBuffer())
    const worker = new Worker("/worker.js", { type: "module" })
    const times = []; let out
    for (let i = 0; i < 4; i++) {
      const copy = bytes.slice()
      const t = performance.now()
      out = await new Promise((f, j) => { worker.onmessage = (e) => f(e.data); worker.onerror = j; worker.postMessage({ ...base, inputs: { [name]: copy } }, [copy.buffer]) })
      times.push(Math.round(performance.now() - t))
    }
    worker.terminate()
    const h = async (u) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", u)).slice(0, 6), (x) => x.toString(16).padStart(2, "0")).join("")
    return { times, s: await h(out.result.outputs["s.csv"]), r: await h(out.result.outputs["r.csv"]), sessions: out.result.summary.sessions.count }
  }, { base, name })
  const n = []; let o
  for (let i = 0; i < 4; i++) { const t = performance.now(); o = await Effect.runPromise(runJob({ ...base, inputs: { [name]: inputs[name] } })); n.push(Math.round(performance.now() - t)) }
  console.log(name, inputs[name].length, plain ? "plain" : "kernels", "chromium", c.times.join(" "), "node", n.join(" "), c.s === sha(o.outputs["s.csv"]) && c.r === sha(o.outputs["r.csv"]), c.sessions)
}
await b.close(); server.close()
