export { loadWriter, writeGroup } from "./GroupWriter.ts"
export * from "./ParquetEncoder.ts"
