"""Files of the benchmark in another format, by DuckDB: python convert.py INPUT OUTPUT

A CSV of events as Parquet: times typed, null where a row has no user or no valid time. Sessions in Parquet as CSV.
"""

import sys

import duckdb

source, target = sys.argv[1:]
if target.endswith(".parquet"):
    query = f"""
        select * replace (nullif(trim(user_id), '') as user_id, try_cast(event_time as timestamp) as event_time)
        from read_csv('{source}', header = true, delim = ',', quote = '"', escape = '"', all_varchar = true, null_padding = true)
    """
    form = "format parquet, compression snappy, row_group_size 122880"
else:
    query, form = f"from read_parquet('{source}')", "format csv, header, timestampformat '%Y-%m-%d %H:%M:%S'"
connection = duckdb.connect()
connection.execute("set timezone = 'UTC'")
connection.execute(f"copy ({query}) to '{target}' ({form})")
