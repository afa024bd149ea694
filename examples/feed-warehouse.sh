#!/usr/bin/env bash
# A set as newline-delimited JSON, gzipped, with columns of your choice: what BigQuery, Snowflake,
# ClickHouse, DuckDB and Athena load.
#
#     feed-warehouse.sh 10.0.0.1 test users users.ndjson.gz
#     bq load --source_format=NEWLINE_DELIMITED_JSON shop.users users.ndjson.gz
#     duckdb -c "SELECT avg(age) FROM 'users.ndjson.gz'"
#
# Only the bins that are wanted leave the cluster (-B). The file has its name only when all is in it.
# asb convert --to csv makes CSV, with types in its header, of a backup.
set -euo pipefail

host=$1 namespace=$2 set=$3 file=$4
trap 'rm -f "$file.part"' EXIT

asb scan -h "$host" -n "$namespace" -s "$set" -B name,age,score,place --no-indexes --no-udfs |
  jq -c '
    # What JSON has no form for is tagged: docs/ndjson.md. 53 bits would not hold an $int: it stays text.
    # Nothing here can fail: jq would leave the line out, and might end with 0.
    def plain: if type != "object" or length != 1 then .
      elif has("$double") then .["$double"] | tonumber? // .
      else .["$int"] // .["$geojson"] // .["$map"].entries? // .["$list"].items? // . end;
    {
      id: (.key | plain),
      name: .bins.name,
      age: .bins.age,
      score: (.bins.score | plain),
      place: (.bins.place | plain),
      expires: (if .voidTime == 0 then null else .voidTime + 1262304000 | todate end)
    }' |
  gzip > "$file.part"
mv "$file.part" "$file"
