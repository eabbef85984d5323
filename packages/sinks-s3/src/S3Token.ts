import { PluginError, type PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** What is needed to put a prepared file in place. It stands in journals, so its fields are never renamed. */
const S3Token = Schema.Struct({
  /** Stands in the metadata of the object, by which it is known again: ETags are not the same for the same bytes. */
  id: Schema.String,
  /** Version of what was in place when the file was begun; null: nothing was. */
  replaces: Schema.NullOr(Schema.String),
  content: Schema.Union([
    /** A small file is put at once, and until then it is here. */
    Schema.Struct({ kind: Schema.Literal("bytes"), bytes: Schema.Uint8ArrayFromBase64 }),
    /** Parts that lie on the server and are invisible until the upload is completed. */
    Schema.Struct({ kind: Schema.Literal("parts"), upload: Schema.String, etags: Schema.Array(Schema.String) })
  ])
})
export type S3Token = typeof S3Token.Type

/** The name under which the id stands in the metadata. */
export const idName = "sojourn-commit"

const json = Schema.fromJsonString(S3Token)
const print = Schema.encodeSync(json)
const parse = Schema.decodeEffect(json)

export const printToken = (uri: string, token: S3Token): PreparedFile => ({ uri, token: print(token) })

export const parseToken = ({ token, uri }: PreparedFile): Effect.Effect<S3Token, PluginError> =>
  Effect.mapError(
    parse(token),
    () =>
      new PluginError({
        plugin: "s3",
        reason: "Data",
        message: `${uri} cannot be put in place: what is known of it was not written by this store, or is damaged`
      })
  )
