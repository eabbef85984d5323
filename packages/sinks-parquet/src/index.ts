export * from "./ParquetEncoder.ts"
