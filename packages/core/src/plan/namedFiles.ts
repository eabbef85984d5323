/** The files of an output that is divided into files of one directory, each named by a value. */
export interface NamedFiles {
  /** Without a slash at the end. */
  readonly directory: string
  /** What stands before a value in the name of its file, and after it. */
  readonly before: string
  readonly after: string
}

/** Of the uri of an output that is divided: what a `*` in it means. Undefined without one: its partitions are directories. */
export const namedFiles = (uri: string): NamedFiles | undefined => {
  const [, directory, before, after] = /^(.*\/)?([^*/]*)\*([^*/]*)$/.exec(uri) ?? []
  if (before === undefined) return undefined
  return { directory: directory === undefined ? "." : directory.replace(/(?<=.)\/$/, ""), before, after }
}
