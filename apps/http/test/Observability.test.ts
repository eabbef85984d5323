import { assert, describe, it } from "@effect/vitest"
import { rm } from "node:fs/promises"
import { createServer } from "node:http"
import { startProcess } from "./support/process.ts"
import { five } from "./support/five.ts"
import { temporary, upload } from "./support/server.ts"

interface Span {
  readonly name: string
  readonly attributes: ReadonlyArray<{ readonly key: string }>
}

/** What takes traces, as OpenTelemetry sends them in JSON. */
const collector = async () => {
  const spans: Array<Span> = []
  const server = createServer((request, response) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as {
        readonly resourceSpans: ReadonlyArray<{
          readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<Span> }>
        }>
      }
      for (const { scopeSpans } of body.resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
      response.end("{}")
    })
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const { port } = server.address() as { readonly port: number }
  return { spans, url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

describe("a server that is watched", () => {
  it("counts in the format of Prometheus, logs lines of JSON with the run's id, and sends traces if it is told where to", async () => {
    const data = await temporary()
    const traces = await collector()
    const server = await startProcess(data, {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.url
    })
    const id = await upload(server.url, { "e.jsonl": five })
    const headers = { "content-type": "application/json" }
    const body = JSON.stringify({ source: { upload: id } })
    const asked = await fetch(`${server.url}/v1/runs`, { method: "POST", headers, body })
    const run = (await asked.json()) as { readonly id: string }
    await (await fetch(`${server.url}/v1/runs/${run.id}/progress`)).text()
    await fetch(`${server.url}/v1/events`, { method: "POST", headers, body: '{"event_id":1}' })
    await fetch(`${server.url}/nowhere`, { method: "BREW" }).catch(() => undefined)

    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    for (const line of [
      `sojourn_upload_bytes_total ${five.length}`,
      'sojourn_runs_total{state="done"} 1',
      "sojourn_run_records_total 5",
      'sojourn_runs{state="running"} 0',
      'sojourn_events_total{kind="accepted"} 1',
      'sojourn_requests_total{method="POST",status="201"} 2'
    ]) {
      assert.include(metrics.split("\n"), line)
    }
    assert.match(metrics, /^sojourn_memory_bytes [1-9]\d+$/m)

    const logs = server
      .output()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const ended = logs.find(({ message }) => message === "run done")
    assert.deepInclude(ended?.annotations, { run: run.id })

    await server.stop()
    traces.close()
    assert.includeMembers(
      traces.spans.map(({ name }) => name),
      ["POST", "Runs.create", "Runs.execute"]
    )
    await rm(data, { recursive: true })
  })
})
