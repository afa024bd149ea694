#!/usr/bin/env bash
# A backup by several processes at once, with GNU parallel: on this machine, or over ssh on many.
#
#     parallel.sh 4 out -h 10.0.0.1 -n test -z zstd
#     PARALLEL='--sshlogin a,b,c --jobs 2' parallel.sh 6 s3://vault/monday -h 10.0.0.1 -n test
#     asb verify s3://vault/monday
#
# The first word is how many shards there are, the second the place for all of them; what follows goes
# to asb backup. A shard that fails goes on once by itself; if it fails again, the others still run to
# their ends, and this ends with how many failed. Then, for each of these:
#
#     asb backup -d s3://vault/monday -h 10.0.0.1 -n test --shard 3/6 --continue s3://vault/monday
#
# As many run at once as there are processors, unless PARALLEL says something else (--jobs 2).
set -euo pipefail

shards=$1 place=$2
shift 2

# Words are quoted for the shells that run them. In these, $0 is the place, and $1 the shard.
seq "$shards" |
  parallel --quote --line-buffer --tagstring 'shard {}' \
    sh -c 'asb backup --shard "$@" || asb backup --shard "$@" --continue "$0"' \
    "$place" "{}/$shards" -d "$place" "$@"
