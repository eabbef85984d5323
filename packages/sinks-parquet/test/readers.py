"""Reads a Parquet file with pyarrow and with Spark: their types, their rows, and how many rows Spark counts."""

import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

path = sys.argv[1]


def by_pyarrow():
    table = pq.read_table(path)
    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
            column = column.cast(pa.int64() if pa.types.is_timestamp(column.type) else pa.int32())
        columns.append(column.to_pylist())
    return {"types": [str(type) for type in table.schema.types], "rows": list(zip(*columns))}


def by_spark():
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    frame = spark.read.parquet(path)
    values = {"timestamp": "unix_micros(`{}`)", "date": "unix_date(`{}`)"}
    chosen = frame.selectExpr(*[values.get(type, "`{}`").format(name) for name, type in frame.dtypes])
    rows = [list(row) for row in chosen.coalesce(1).collect()]
    found = {"types": [type for _, type in frame.dtypes], "count": frame.count(), "rows": rows}
    spark.stop()
    return found


json.dump({"pyarrow": by_pyarrow(), "spark": by_spark()}, sys.stdout)
