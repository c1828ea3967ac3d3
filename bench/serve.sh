#!/usr/bin/env bash
# How much the service takes: ingest in durable batches of 500 and decisions, while windows close and
# detection runs. Prints what was reached. Usage: bench/serve.sh [EVENTS/S] [DECISIONS/S] [SECONDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
events=${1:-50000} decisions=${2:-5000} seconds=${3:-30}
cargo build --release --quiet -p touchstone -p touchstone-serve --example load --bin touchstone
program=target/release/touchstone data=$(mktemp -d)
token=$($program serve token create --data "$data" --role admin --name load)
$program serve --data "$data" --listen 127.0.0.1:0 --detection-pause 1s >"$data.out" 2>"$data.log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$data" "$data.out" "$data.log"' EXIT
until grep -q listening "$data.out"; do sleep 0.1; done
address=$(sed 's,.*http://,,' "$data.out")
echo "$(nproc) cores, load of the last minute $(cut -d' ' -f1 /proc/loadavg); $events events/s, $decisions decisions/s, $seconds s"
target/release/examples/load "$address" "$token" "$events" "$decisions" "$seconds"
grep -c '"message":"detected"' "$data.log" | sed 's/$/ detections meanwhile/' || true
grep VmHWM "/proc/$server/status"
