export * from "./JsonDecoder.ts"
