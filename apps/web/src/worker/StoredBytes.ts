import { asked } from "../engine/asked.ts"
import { addressOf, type FileBytes, type NamedFile, type StoredFile } from "../engine/NamedFile.ts"

/** The bytes of a file that lies on the server; what is read is asked for. Fails with `Told`. */
export class StoredBytes implements FileBytes {
  readonly size: number
  private readonly file: StoredFile
  private readonly from: number

  constructor(file: StoredFile, from = 0, to = file.size) {
    this.file = file
    this.from = from
    this.size = to - from
  }

  slice(from = 0, to = this.size): StoredBytes {
    const place = (at: number) => this.from + Math.max(0, Math.min(at, this.size))
    return new StoredBytes(this.file, place(from), place(Math.max(from, to)))
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.size === 0 ? new ArrayBuffer(0) : (await this.answer()).arrayBuffer()
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
    const fail = (reason: unknown) => writable.abort(reason)
    // Whoever reads is told of a failure.
    this.answer().then(({ body }) => (body ?? new Blob().stream()).pipeTo(writable).catch(() => {}), fail)
    return readable
  }

  private answer(): Promise<Response> {
    return asked(`${addressOf(this.file, "download")}&offset=${this.from}&length=${this.size}`)
  }
}

/** The bytes of a file, wherever it lies. */
export const bytesOf = ({ blob }: NamedFile): FileBytes => (blob instanceof Blob ? blob : new StoredBytes(blob))
