/** What a directory is searched for; packed files end in a second ending. */
export const readable = /\.(json|jsonl|ndjson|csv|tsv|txt|parquet|pq)(\.(gz|zst|zip))?$/i

/** What makes a pattern of a path. */
export const isGlob = /[*?{[]/
