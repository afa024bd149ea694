#!/usr/bin/env bash
#SBATCH --job-name=asb-backup
#SBATCH --array=1-8
#SBATCH --cpus-per-task=1
#SBATCH --mem=1G
#SBATCH --requeue
# A backup as a job array of Slurm: each task is a shard, and --shard auto learns from Slurm which.
#
#     sbatch slurm.sh s3://vault/monday -h 10.0.0.1 -n test -z zstd
#     sbatch --array=1-32%4 slurm.sh /shared/monday -h 10.0.0.1 -n test      (32 shards, 4 at once)
#
# The first word is the place for all shards; what follows goes to asb backup. Tasks may run at
# different times. One that fails goes on once by itself, and one that is requeued goes on, too. A
# single one that is started again needs to be told which it is, for its array has only one task:
#
#     sbatch --array=1 --export=ALL,SHARD=3/8 slurm.sh s3://vault/monday -h 10.0.0.1 -n test -z zstd
#
# When all have ended: asb verify s3://vault/monday
set -euo pipefail

place=$1
shift
backup() { asb backup -d "$place" --shard "${SHARD:-auto}" "$@"; }

backup "$@" || backup "$@" --continue "$place"
