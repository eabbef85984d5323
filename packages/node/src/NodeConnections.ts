import { Connections, PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { inputFiles } from "./Files.ts"
import { fileSink } from "./FileSink.ts"
import { fileSource } from "./FileSource.ts"
import { loadEncoding, openEncoding } from "./Formats.ts"

/** Sources and sinks over local files and the standard streams, with the built-in formats. */
export const layer: Layer.Layer<Connections> = Layer.succeed(
  Connections,
  Connections.of({
    sources: (input) =>
      inputFiles(input.uri).pipe(Effect.map((files) => files.map((file) => fileSource(input.uri, file, input.format)))),
    sink: (output, schema) =>
      Effect.tryPromise({
        try: async () => {
          await loadEncoding(output.format, output.uri)
          return openEncoding(output.format, output.uri, schema)
        },
        catch: (cause) => {
          if (cause instanceof PluginError) return cause
          throw cause
        }
      }).pipe(Effect.flatMap((encoding) => fileSink(output.uri, encoding)))
  })
)
