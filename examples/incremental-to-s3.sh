#!/usr/bin/env bash
# A full backup on Sundays, and what has changed since the last one on other days, in S3.
#
#     30 2 * * *  incremental-to-s3.sh test s3://vault/aerospike -h 10.0.0.1     (in a crontab)
#
# What follows namespace and place goes to asb backup. Each run is a prefix of its own, and the object
# "latest" names the last one that is complete. An incremental one begins where that one had begun, by
# its manifest, and five minutes before, since clocks differ: so what changed while it ran, or while
# later runs failed, is not lost, and records may be in two of them. One backup of all, with the newest
# of each record, is what asb merge makes of them. Or they are restored in their order: -g (no look at
# generations) is for records that were deleted and made anew, whose generations began anew. Deletes are
# in no backup: a restored chain has what was deleted since Sunday.
#
#     asb merge s3://vault/aerospike/test/2026-11-22T023000Z-full \
#       s3://vault/aerospike/test/2026-11-23T023000Z-incremental -d week
#     asb restore -h 10.0.0.2 -g --parent-directory s3://vault/aerospike/test \
#       --directory-list 2026-11-22T023000Z-full,2026-11-23T023000Z-incremental
#
# FULL=1 makes a full one on any day, FULL=0 none. S3_OPTIONS are for all commands: "--s3-region eu-west-1".
set -euo pipefail

namespace=$1
base=$2/$1
shift 2
s3=${S3_OPTIONS:-} # words, and not quoted below, on purpose
now=$(date -u +%Y-%m-%dT%H%M%SZ)

full=${FULL:-}
if [ -z "$full" ] && [ "$(date -u +%u)" = 7 ]; then full=1; fi

# Where there is none (the first run), or S3 does not say, the backup is a full one, which is always right.
# A filter that fails says so on its output, too: only with its exit code 0 is that the name.
last=
if [ "$full" != 1 ]; then last=$(asb download $s3 "$base/latest") || last=; fi

if [ -n "$last" ]; then
  since=$(asb download $s3 "$last/$namespace.manifest.json" | node -p '
    const { begun, complete } = JSON.parse(require("node:fs").readFileSync(0));
    if (complete !== true) throw new Error("the last backup is not complete");
    new Date(Date.parse(begun) - 5 * 60 * 1000).toISOString()')
  here=$base/$now-incremental
  # A night without changes is no failure.
  asb backup $s3 -n "$namespace" -d "$here" -z zstd --modified-after "$since" --allow-empty "$@"
else
  here=$base/$now-full
  asb backup $s3 -n "$namespace" -d "$here" -z zstd "$@"
fi

# Only now, and only if it is as its manifest says, the next run may build on it.
asb verify $s3 "$here" > /dev/null
printf %s "$here" | asb upload $s3 --remove-files "$base/latest"
