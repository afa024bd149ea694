#!/usr/bin/env bash
# A backup as an array job of AWS Batch: each child is a shard, and --shard auto learns from Batch which.
#
#     aws-batch.sh 8 s3://vault/monday 10.0.0.1 test
#     asb verify s3://vault/monday
#
# Shards (2 or more: Batch has no smaller arrays), the place for all of them, host and namespace. The
# job definition is aws-batch.json: put in your account, roles and image (FROM node:24-slim, and
# RUN npm install -g asb-streams); the role of the job may read and write the bucket. Children may run
# at different times, and one that is tried again goes on where it was. QUEUE is the job queue.
set -euo pipefail

shards=$1 place=$2 host=$3 namespace=$4

aws batch register-job-definition --cli-input-json "file://$(dirname "$0")/aws-batch.json"
aws batch submit-job --job-name asb-backup --job-definition asb-backup \
  --job-queue "${QUEUE:-asb}" --array-properties "size=$shards" \
  --parameters "place=$place,host=$host,namespace=$namespace"
