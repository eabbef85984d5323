/** An event as a funnel sees it. */
export interface Step {
  readonly time: number
  /** By step: whether the event can serve it. */
  readonly serves: ReadonlyArray<boolean>
}

export interface Rules {
  readonly steps: number
  readonly window: number | null
  readonly strict: boolean
}

/** The times of the steps of a chain. */
type Chain = ReadonlyArray<number>

/** All orders of some values. */
const orders = <A>(values: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  values.length < 2
    ? [values]
    : values.flatMap((first, i) => orders(values.toSpliced(i, 1)).map((rest) => [first, ...rest]))

/** All orders of events that agree with their times. */
const timely = (events: ReadonlyArray<Step>): ReadonlyArray<ReadonlyArray<Step>> => {
  const times = [...new Set(events.map(({ time }) => time))].sort((a, b) => a - b)
  return times.reduce<ReadonlyArray<ReadonlyArray<Step>>>(
    (before, time) => {
      const after = orders(events.filter((event) => event.time === time))
      return before.flatMap((one) => after.map((more) => [...one, ...more]))
    },
    [[]]
  )
}

/** All chains of events that follow one another directly, in any order that agrees with their times. */
const strictChains = (events: ReadonlyArray<Step>, steps: number): ReadonlyArray<Chain> =>
  timely(events).flatMap((order) =>
    order.flatMap((_, start) =>
      Array.from({ length: Math.min(steps, order.length - start) }, (_, i) => order.slice(start, start + i + 1))
        .filter((chain) => chain.every(({ serves }, step) => serves[step]))
        .map((chain) => chain.map(({ time }) => time))
    )
  )

/** All chains of any events, each of which serves one step. */
const looseChains = (events: ReadonlyArray<Step>, steps: number, chain: Chain = []): ReadonlyArray<Chain> =>
  events.flatMap((event, i) => {
    const step = chain.length
    if (step === steps || !event.serves[step] || event.time < (chain.at(-1) ?? event.time)) return []
    const longer = [...chain, event.time]
    return [longer, ...looseChains(events.toSpliced(i, 1), steps, longer)]
  })

const compare = (a: Chain, b: Chain): number => {
  const differences = [
    b.length - a.length,
    (a.at(-1) ?? 0) - (b.at(-1) ?? 0),
    b[0] - a[0],
    ...a.map((t, i) => t - b[i])
  ]
  return differences.find((difference) => difference !== 0) ?? 0
}

/** The best of all chains: the deepest, then the first that is complete, then the last that started, then the earliest. */
export const bestChain = (events: ReadonlyArray<Step>, { steps, strict, window }: Rules): Chain => {
  const all = strict ? strictChains(events, steps) : looseChains(events, steps)
  const inTime = all.filter((chain) => window === null || (chain.at(-1) ?? 0) - chain[0] <= window)
  return inTime.toSorted(compare)[0] ?? []
}
