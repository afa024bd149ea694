#!/usr/bin/env bash
# A namespace from one cluster to another, in one pipe and with nothing on disk, and then a comparison.
#
#     migrate.sh 10.0.0.1 test 10.0.0.2 copy
#
# Indexes and UDF modules come first. Records that are there already stay if their generation is not
# below. The comparison reads both, and tells what differs: a key, digest, set, void time or bin, an
# index or a module. So nobody may write to either in between. It takes temporary space (TMPDIR).
set -euo pipefail

from_host=$1 from=$2 to_host=$3 to=$4

asb scan -h "$from_host" -n "$from" | asb load -h "$to_host" -n "$to" --wait

# A cluster begins to count generations anew, and a write that takes long may move a void time by a
# second, as asb load tells. A scan that fails ends its lines so that diff fails, too.
asb scan -h "$from_host" -n "$from" |
  asb diff - <(asb scan -h "$to_host" -n "$to") --ignore-generation --void-time-tolerance 1
echo "$from on $from_host and $to on $to_host hold the same"
