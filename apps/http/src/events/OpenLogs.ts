import type { EventLog } from "./EventLog.ts"

/** A log that is open, and how many use it now. */
export interface HeldLog {
  readonly log: Promise<EventLog>
  users: number
}

/** The logs that are open: there is one of each dataset at a time, and no more than a few stay open that nobody uses. */
export class OpenLogs {
  private readonly most: number
  private readonly open: (name: string, idField: string) => Promise<EventLog>
  /** The one that was used last is the last. */
  private readonly held = new Map<string, HeldLog>()
  private readonly closing = new Map<string, Promise<void>>()

  constructor(most: number, open: (name: string, idField: string) => Promise<EventLog>) {
    this.most = most
    this.open = open
  }

  has(name: string): boolean {
    return this.held.has(name)
  }

  /** To be given back. The log has an id of its own if it is there already. */
  take(name: string, idField: string): HeldLog {
    const held = this.held.get(name) ?? { log: this.opened(name, idField), users: 0 }
    held.users++
    this.held.delete(name)
    this.held.set(name, held)
    return held
  }

  give(name: string, held: HeldLog): void {
    held.users--
    // One that was forgotten while it was used.
    if (this.held.get(name) !== held) return
    for (const [other, { log, users }] of this.held) {
      if (this.held.size <= this.most) return
      if (users > 0) continue
      void this.end(other, log)
    }
  }

  /** Closes a log for all who use it, and does what is to be done before another is opened. */
  end(name: string, log: Promise<EventLog>, then: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    this.held.delete(name)
    const ended = closed(log).then(then)
    const settled = ended.catch(() => undefined).then(() => void this.closing.delete(name))
    this.closing.set(name, settled)
    return ended
  }

  /** After a failure: the next one who takes it gets another, which reads what is there. */
  forget(name: string): void {
    this.held.delete(name)
  }

  async close(): Promise<void> {
    const all = [...this.held.values()].map(({ log }) => closed(log))
    this.held.clear()
    await Promise.all([...all, ...this.closing.values()])
  }

  private opened(name: string, idField: string): Promise<EventLog> {
    const log = (this.closing.get(name) ?? Promise.resolve()).then(() => this.open(name, idField))
    log.catch(() => this.forget(name))
    return log
  }
}

/** One that could not be opened, or not be written to, has nothing to be closed. */
const closed = (log: Promise<EventLog>): Promise<void> => log.then((opened) => opened.close()).catch(() => undefined)
