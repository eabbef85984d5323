/** A file as a person gave it, or one that lies on the server. Plain data. */
export interface NamedFile {
  readonly name: string
  readonly blob: Blob | StoredFile
}

/** A file that was sent to the server. */
export interface StoredFile {
  readonly size: number
  /** Ends with a slash: the server. */
  readonly server: string
  readonly upload: string
  /** Its name there. */
  readonly file: string
}

/** The address of something about a stored file: its bytes (`download`), or its lines. */
export const addressOf = ({ file, server, upload }: StoredFile, what: "download" | "lines"): string =>
  `${server}v1/uploads/${upload}/${what}?file=${encodeURIComponent(file)}`

/** What of a `Blob` is used to read a file. */
export interface FileBytes {
  readonly size: number
  readonly slice: (from?: number, to?: number) => FileBytes
  readonly arrayBuffer: () => Promise<ArrayBuffer>
  readonly stream: () => ReadableStream<Uint8Array<ArrayBuffer>>
}
