export * from "./CsvEncoder.ts"
