/** What a sample is to be like. */
export interface SampleOptions {
  /** Records in all, those included that a recipe rejects. */
  readonly rows: number
  /** Milliseconds since 1970; the times of records end an hour before. */
  readonly asOf: number
}

/** Made-up input for a recipe: the same options give the same bytes. */
export interface Sample {
  /** What is run beside the files to read them, after `sojourn run`. */
  readonly command: string
  /** Pieces of files in order, each with the path of its file below a directory; those of one file follow one another. */
  readonly pieces: (options: SampleOptions) => Iterable<readonly [path: string, text: string]>
}

/** When the last record of a sample happens. */
export const endOf = ({ asOf }: SampleOptions): number => Math.floor((asOf - 3_600_000) / 1000) * 1000

export const day = 86_400_000

/**
 * What happens in so many days up to an end, in order of time: as much of it each day. `make` gives what happens in one
 * go, from some time in the day before `until` on: at least one thing and at most `most`, of which `made` others come
 * before.
 */
export function* overDays<A extends { readonly millis: number }>(
  { days, end, rows }: { readonly days: number; readonly end: number; readonly rows: number },
  make: (made: number, most: number, until: number) => ReadonlyArray<A>
): Generator<A> {
  let waiting: Array<A> = []
  let made = 0
  for (let d = 1; d <= days; d++) {
    const until = end - (days - d) * day
    const most = Math.floor((rows * d) / days)
    while (made < most) {
      const acts = make(made, most - made, until)
      made += acts.length
      waiting.push(...acts)
    }
    waiting.sort((a, b) => a.millis - b.millis)
    const due = waiting.filter(({ millis }) => d === days || millis < until)
    waiting = waiting.slice(due.length)
    yield* due
  }
}
