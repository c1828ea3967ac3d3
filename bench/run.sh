#!/usr/bin/env bash
# Speed and memory of `touchstone detect` beside a bare Parquet decode and a DuckDB self-join, on
# generated logs, in one run:
#
#     bench/run.sh                 # 1 and 10 million endorsements
#     bench/run.sh 1 10 50         # what docs/BENCHMARKS.md shows; about half an hour
#     bench/run.sh --help          # limits, repeats, what to leave out
#
# Writes docs/BENCHMARKS.md and bench/results.json. Logs and findings stay in target/bench;
# remove that folder after a change of the generator.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# DuckDB is the peer: taken from the Python at hand, else installed for this folder alone.
python=python3
if ! "$python" -c 'import duckdb' 2>/dev/null; then
  python=target/venv/bin/python3
  [ -x "$python" ] || python3 -m venv target/venv
  "$python" -c 'import duckdb' 2>/dev/null ||
    "$python" -m pip install --quiet --disable-pip-version-check 'duckdb>=1.1'
fi
if [[ " $* " != *" --help "* && " $* " != *" -h "* ]]; then
  # The whole workspace: a part of it alone would build the dependencies again, with fewer features.
  cargo build --release --locked --workspace
  cargo build --release --locked --workspace --example scale --example decode
fi
exec "$python" bench/bench.py "$@"
