import { type Job, packBatch, type RangeResult, Worker } from "@sojourn/core"
import type { Formats } from "../Formats.ts"
import type { Ask, PackedResult, Start, Tell } from "./Protocol.ts"
import { packRows } from "./packRows.ts"
import { readPart } from "./ReadPart.ts"
import { Rooms } from "./Rooms.ts"
import { openRun, type StoredRun } from "./StoredRun.ts"
import { threadTools } from "./threadTools.ts"

/** What one thread of a crew does when it is asked. */
export class Thread {
  private readonly formats: Formats
  private readonly job: Job
  private readonly worker: Worker
  private readonly tell: (message: Tell) => void
  private readonly stored: Array<StoredRun> = []

  constructor(formats: Formats, start: Start, id: number, tell: (message: Tell) => void) {
    this.formats = formats
    this.job = start.job
    this.tell = tell
    const rooms = new Rooms()
    this.worker = new Worker(start.job, {
      ...threadTools(formats, start, id, this.stored),
      holds: true,
      room: (bytes) => rooms.take(bytes)
    })
  }

  async answer(ask: Ask): Promise<Tell> {
    switch (ask.ask) {
      case "read": {
        const result = await readPart(this.formats, this.worker, ask.origin, ask.piece, ask.part, ask.lateBefore, {
          keepsRejects: this.job.keepsRejects,
          progress: (bytes, records) => this.tell({ tell: "progress", bytes, records }),
          rejects: (rejects) => this.tell({ tell: "rejects", batch: packBatch(rejects) })
        })
        return { tell: "read", result }
      }
      case "gather":
        for (const run of this.worker.takeRuns()) this.stored.push({ kind: "memory", run })
        return { tell: "gathered", runs: this.stored.splice(0) }
      case "begin":
        this.worker.begin(
          ask.runs.map((run) => openRun(this.job.plan.validate.user.name, run)),
          ask.parts,
          ask.voided,
          ask.former
        )
        return { tell: "begun" }
      case "compare": {
        const found = this.worker.compareRange(ask.range)
        return {
          tell: "compared",
          compared: found.map(({ changes, touched }) => ({ changes: packBatch(changes), touched }))
        }
      }
      case "pack":
        return { tell: "packed", packed: await packRows(this.formats, ask.format, ask.uri, ask.rows) }
      case "finish":
        return { tell: "finished", finished: this.worker.finish() }
      case "compute":
        return {
          tell: "computed",
          result: packed(this.worker.computeRange(ask.range, ask.encode, ask.heads, ask.only))
        }
    }
  }
}

const packed = ({ counts, feeds, heads, outputs }: RangeResult): PackedResult => ({
  counts,
  outputs: outputs.map(({ batches, encoded, rows }) => ({ rows, encoded, batches: batches.map(packBatch) })),
  feeds: feeds.map((batches) => batches.map(packBatch)),
  heads: heads.map(({ batch, table }) => ({ table, batch: packBatch(batch) }))
})
