#!/usr/bin/env bash
# A namespace from one cluster to another, in one pipe and with nothing on disk, and then a comparison.
#
#     migrate.sh 10.0.0.1 test 10.0.0.2 copy
#
# Indexes and UDF modules come first. Records that are there already stay if their generation is not
# below. The comparison reads both: every key, digest, set, void time and bin must be the same. So
# nobody may write to either in between. It sorts a line for each record, on disk if it must (TMPDIR).
set -euo pipefail

from_host=$1 from=$2 to_host=$3 to=$4

asb scan -h "$from_host" -n "$from" | asb load -h "$to_host" -n "$to" --wait

# A cluster begins to count generations anew; the first one of a line is the record's.
sum() {
  asb scan -h "$1" -n "$2" --no-indexes --no-udfs |
    sed 's/"generation":[0-9]*,//' | LC_ALL=C sort | sha256sum
}

# In assignments, since only there bash looks whether they failed: two sums of nothing are the same.
there=$(sum "$from_host" "$from")
here=$(sum "$to_host" "$to")
if [ "$there" = "$here" ]; then
  echo "$from on $from_host and $to on $to_host hold the same"
else
  echo "$from on $from_host and $to on $to_host differ" >&2
  exit 1
fi
