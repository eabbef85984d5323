import {
  ByteWriter,
  Connections,
  type DecodeRequest,
  type Encoding,
  PluginError,
  type Sink,
  type Source,
  type SourceBatch
} from "@sojourn/core"
import { csvEncoder } from "@sojourn/sinks-csv"
import { csvDecoder } from "@sojourn/sources-csv"
import { jsonDecoder } from "@sojourn/sources-json"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** Bytes that a decoder gets at a time, as when a file is read. Less is slower. */
const chunkBytes = 1024 * 1024

/** Inputs and outputs that are bytes in memory, by uri. An input is CSV if its uri ends so, else JSON; outputs are CSV. */
export class BytesConnections {
  /** What was committed. */
  readonly outputs: Record<string, Uint8Array> = {}
  /** For each input that was read, in order: whether the engine gave its decoder the kernels. */
  readonly withKernels: Array<boolean> = []
  private readonly inputs: Readonly<Record<string, Uint8Array>>

  constructor(inputs: Readonly<Record<string, Uint8Array>>) {
    this.inputs = inputs
  }

  get layer(): Layer.Layer<Connections> {
    return Layer.succeed(Connections, {
      sources: ({ uri }) =>
        Object.hasOwn(this.inputs, uri)
          ? Effect.succeed([this.source(uri, this.inputs[uri])])
          : Effect.fail(new PluginError({ plugin: "bytes", reason: "NotFound", message: `there is no input ${uri}` })),
      sink: ({ uri }, schema) => Effect.sync(() => this.sink(uri, csvEncoder.open({}, schema)))
    })
  }

  private source(uri: string, bytes: Uint8Array): Source {
    return {
      name: uri,
      bytes: bytes.length,
      read: (request) => {
        this.withKernels.push(request.table !== undefined)
        return Stream.fromAsyncIterable(decoded(uri, bytes, request), (cause) => {
          throw cause
        })
      }
    }
  }

  private sink(uri: string, encoding: Encoding): Sink {
    const written = new ByteWriter()
    const write = (bytes: Uint8Array) => written.range(bytes, 0, bytes.length)
    write(encoding.begin())
    return {
      write: (batch) => Effect.sync(() => write(encoding.encode(batch))),
      prepare: Effect.sync(() => write(encoding.end())),
      commit: Effect.sync(() => {
        this.outputs[uri] = written.take()
      })
    }
  }
}

/** Asynchronous, as every batch has to be used before the bytes after it are decoded. */
const decoded = async function* (uri: string, bytes: Uint8Array, request: DecodeRequest): AsyncGenerator<SourceBatch> {
  const decoding = uri.endsWith(".csv") ? csvDecoder.open({}, request) : jsonDecoder.open({}, request)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes)
    let unread = chunk.length
    for (const batch of decoding.push(chunk)) {
      yield Object.assign(batch, { bytes: unread, notes: decoding.notes() })
      unread = 0
    }
  }
  for (const batch of decoding.end()) yield Object.assign(batch, { bytes: 0, notes: decoding.notes() })
}
