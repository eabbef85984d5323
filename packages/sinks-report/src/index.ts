export * from "./renderReport.ts"
