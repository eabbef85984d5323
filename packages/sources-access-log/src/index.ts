export * from "./AccessLogDecoder.ts"
export * from "./AccessLogOptions.ts"
