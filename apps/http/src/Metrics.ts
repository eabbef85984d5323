import type { Run } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

/** What `/metrics` shows besides the process: of requests, runs, uploads and events since the server was started. */

const seconds = Metric.boundariesFromIterable([0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 1800])

const requests = Metric.counter("sojourn_requests_total", {
  description: "Requests that were answered",
  incremental: true
})
const requestSeconds = Metric.histogram("sojourn_request_seconds", {
  description: "Seconds until a request was answered",
  boundaries: seconds
})
const ended = Metric.counter("sojourn_runs_total", { description: "Runs that have ended", incremental: true })
const runSeconds = Metric.histogram("sojourn_run_seconds", {
  description: "Seconds from the start of a run to its end",
  boundaries: seconds
})
const records = Metric.counter("sojourn_run_records_total", {
  description: "Records that runs have read",
  incremental: true
})
const running = Metric.gauge("sojourn_runs", { description: "Runs that have not ended" })
const uploaded = Metric.counter("sojourn_upload_bytes_total", { description: "Bytes of uploads", incremental: true })
const events = Metric.counter("sojourn_events_total", { description: "Posted events", incremental: true })
const memory = Metric.gauge("sojourn_memory_bytes", { description: "Resident memory of the server" })

/** Methods are as many as a client makes up. */
const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]

export const countRequest = (method: string, status: number, millis: number): Effect.Effect<void> => {
  const attributes = { method: methods.includes(method) ? method : "other", status: String(status) }
  return Effect.andThen(
    Metric.update(Metric.withAttributes(requests, attributes), 1),
    Metric.update(requestSeconds, millis / 1000)
  )
}

export const countRun = ({ ended: end, progress, started, state }: Run): Effect.Effect<void> =>
  Effect.gen(function* () {
    yield* Metric.update(Metric.withAttributes(ended, { state }), 1)
    if (started === null || end === null) return
    yield* Metric.update(runSeconds, (Date.parse(end) - Date.parse(started)) / 1000)
    yield* Metric.update(records, progress?.records ?? 0)
  })

export const countUpload = (bytes: number): Effect.Effect<void> => Metric.update(uploaded, bytes)

export const countEvents = ({ accepted, duplicates }: { accepted: number; duplicates: number }): Effect.Effect<void> =>
  Effect.andThen(
    Metric.update(Metric.withAttributes(events, { kind: "accepted" }), accepted),
    Metric.update(Metric.withAttributes(events, { kind: "duplicate" }), duplicates)
  )

/** What is true now, taken when it is asked for. */
export const gaugeNow = (runs: ReadonlyArray<Run>): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (const state of ["queued", "running"] as const) {
      const count = runs.filter((run) => run.state === state).length
      yield* Metric.update(Metric.withAttributes(running, { state }), count)
    }
    yield* Metric.update(memory, process.memoryUsage.rss())
  })
