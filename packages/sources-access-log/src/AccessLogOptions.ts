import * as Schema from "effect/Schema"

export const AccessLogOptions = Schema.Struct({
  layout: Schema.optionalKey(
    Schema.Literals(["combined", "w3c"]).annotate({
      description:
        "combined: the Common and the Combined Log Format of Apache and nginx; w3c: the W3C extended format, as of IIS. Default: w3c if the first line begins with #."
    })
  )
})
export type AccessLogOptions = typeof AccessLogOptions.Type
