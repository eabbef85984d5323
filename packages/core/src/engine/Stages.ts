/** What the time of a run is spent on. */
export const stages = ["read", "decode", "validate", "sort", "compute", "encode", "write", "commit"] as const
export type Stage = (typeof stages)[number]

/** Milliseconds, by stage. */
export type StageTimes = Readonly<Partial<Record<Stage, number>>>

/** Adds up the time that a thread spends on each stage; does nothing without a clock. */
export class Stages {
  private readonly clock: (() => number) | undefined
  private readonly spent: Partial<Record<Stage, number>> = {}

  /** `clock`: milliseconds from any beginning. */
  constructor(clock: (() => number) | undefined) {
    this.clock = clock
  }

  /** Carries a function out and adds its time to a stage. */
  measure<A>(stage: Stage, run: () => A): A {
    const { clock } = this
    if (clock === undefined) return run()
    const started = clock()
    const result = run()
    this.add({ [stage]: clock() - started })
    return result
  }

  add(times: StageTimes): void {
    for (const stage of stages) {
      const more = times[stage]
      if (more !== undefined) this.spent[stage] = (this.spent[stage] ?? 0) + more
    }
  }

  get times(): StageTimes {
    return this.spent
  }
}
