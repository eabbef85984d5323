import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Start } from "./Protocol.ts"
import { ThreadHandle } from "./ThreadHandle.ts"

/** Threads that runs have one after another: each takes time to start, and the longer it works the faster it is. */
export class ThreadPool {
  private readonly idle: Array<ThreadHandle> = []

  /** Threads that need no time to start. */
  get ready(): number {
    return this.idle.length
  }

  /** A thread for a run. */
  take(start: Start): ThreadHandle {
    const handle = this.idle.pop() ?? new ThreadHandle(start.mostBytes)
    handle.begin(start)
    return handle
  }

  /** Takes a thread back; one that is still at work, or broken, ends. */
  async give(handle: ThreadHandle): Promise<void> {
    if (handle.isIdle) this.idle.push(handle)
    else await handle.end()
  }

  async end(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((handle) => handle.end()))
  }
}

/** Its threads end with the scope. */
export const threadPool: Effect.Effect<ThreadPool, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => new ThreadPool()),
  (pool) => Effect.promise(() => pool.end())
)
