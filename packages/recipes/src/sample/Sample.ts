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
