export * from "./DuckDBOptions.ts"
export * from "./duckdbSink.ts"
