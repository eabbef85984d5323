export * from "./Database.ts"
export * from "./duckdbSource.ts"
