#!/usr/bin/env bash
# Starts the streaming pipeline on Dataflow; further options go to `shopvision stream beam`, such as --dry-run.
set -euo pipefail
: "${PROJECT:?the Google Cloud project}" "${REGION:?e.g. europe-west4}" "${BUCKET:?gs://… for temporary files}" "${IMAGE:?the worker image, see Dockerfile}"
: "${BROKERS:?host:port of Kafka}" "${STORE:?postgresql+psycopg://… that workers reach}" "${ENGINE:?openai:http://…/v1?model=…, replicas with commas}"
exec shopvision stream beam --brokers "$BROKERS" --store "$STORE" --engine "$ENGINE" "$@" \
  --runner DataflowRunner --streaming --project "$PROJECT" --region "$REGION" --temp_location "$BUCKET/tmp" --job_name "${JOB:-shopvision}" \
  --experiments=use_runner_v2 --sdk_container_image "$IMAGE" --sdk_location=container \
  --worker_machine_type "${MACHINE:-n2-standard-4}" --max_num_workers "${WORKERS:-8}" --autoscaling_algorithm THROUGHPUT_BASED
