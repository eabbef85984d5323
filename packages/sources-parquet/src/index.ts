export * from "./ParquetDecoder.ts"
