#!/usr/bin/env python3
"""Audits worlds of known truth and real sets, and writes the tables of docs/AUDIT.md.

    python3 bench/audit.py [DATA_FOLDER] [--touchstone PROGRAM] [--copies N] [--seeds N] [--users N] [--print]

DATA_FOLDER holds one folder a real set (higgs_twitter_activity, ...), as for bench/real_data.py; without it only worlds are
audited. Without --print the tables replace what stands between the markers in docs/AUDIT.md. Needs the Python package duckdb.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import duckdb
from pages import fill
from real_sets import real_sets

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED_FROM = 9001  # never looked at while anything was tuned
SCENARIOS = ("null", "mixed")
COLUMNS = {"all": None, "owner": "actor, target, ts, owner", "three": "actor, target, ts"}


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")


def audit(program, events, out, copies, *more):
    run(program, "audit", events, "--out", out, "--copies", copies, "--quiet", *more)
    return json.loads((out / "audit.json").read_text())


def view(world, columns, scratch):
    """The log of a world with some of its columns, and the tables that go with them."""
    if COLUMNS[columns] is None:
        tables = ["--accounts", world / "accounts.parquet", "--contents", world / "contents.parquet"]
        return world / "events.parquet", tables
    path = scratch / f"{world.name}-{columns}.parquet"
    duckdb.sql(
        f"copy (select {COLUMNS[columns]} from '{world}/events.parquet' where kind = 'like') to '{path}' (format parquet)"
    )
    return path, []


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def row(name, audits):
    """One line over the audits of one kind of log."""
    copies = [c for a in audits for c in a["copies"]]
    accused = [c["said"]["accused"] for c in copies]
    with_any = sum(k > 0 for k in accused)
    strongest = max(c["said"]["strongest_bits"] for c in copies)
    moved = mean(c["moved"] for c in copies)
    low, high = (mean(a["chance"][end] for a in audits) for end in ("low", "high"))
    lines = [a["log"]["line_bits"] for a in audits if a["log"]["line_bits"] is not None]
    line = f"{min(lines):.1f}" if lines else "-"
    return (
        f"| {name} | {sum(a['log']['accused'] for a in audits):,} | {len(copies)} | {mean(accused):.2f} | "
        f"{low:.2f} to {high:.2f} | {with_any} of {len(copies)} | {strongest:.1f} | {line} | {moved:.0%} |"
    )


HEAD = [
    "| log | accused on it | copies | accused by chance, a copy | 95 % (mean over logs) | copies with any | strongest in a copy, bits | "
    "line, bits | moved |",
    "|---|---|---|---|---|---|---|---|---|",
]


def tail(audits):
    """How many accounts reach so many bits in the copies, beside how many may."""
    lines = ["| bits or more | accounts a copy | at most, if nobody coordinates |", "|---|---|---|"]
    for i, bits in enumerate((3.0, 6.64, 10.0, 15.0)):
        seen = mean(c["said"]["tail"][i] for a in audits for c in a["copies"])
        may = mean(a["accounts"] / 2**bits for a in audits)
        lines.append(f"| {bits:g} | {seen:.2f} | {may:.1f} |")
    return "\n".join(lines)


def kept(audits):
    lines = ["| share of endorsements | the log | copies |", "|---|---|---|"]
    for i, k in enumerate(audits[0]["kept"]):
        log = mean(a["kept"][i]["log"] for a in audits)
        copies = mean(a["kept"][i]["copies"] for a in audits)
        lines.append(f"| {k['what']} | {log:.1%} | {copies:.1%} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path, nargs="?")
    parser.add_argument("--touchstone", default=str(ROOT / "target/release/touchstone"))
    parser.add_argument("--copies", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--users", type=int, default=5000)
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    program, tables = options.touchstone, {}
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        audits = {}
        for scenario in SCENARIOS:
            for seed in range(SEED_FROM, SEED_FROM + options.seeds):
                world = scratch / f"{scenario}-{seed}"
                run(program, "simulate", "--scenario", scenario, "--seed", seed, "--users", options.users, "--out", world, "--quiet")
                for columns in COLUMNS:
                    events, more = view(world, columns, scratch)
                    out = scratch / f"{scenario}-{seed}-{columns}-audit"
                    audits.setdefault((scenario, columns), []).append(audit(program, events, out, options.copies, *more))
        lines = HEAD + [row(f"{s}, {c}", audits[s, c]) for s in SCENARIOS for c in COLUMNS]
        settings = f"{options.seeds} worlds of {options.users:,} people each, seeds from {SEED_FROM}; {options.copies} copies of each log."
        tables["worlds"] = "\n".join(lines) + f"\n\n{settings}"
        tables["tail"] = tail([a for c in COLUMNS for s in SCENARIOS for a in audits[s, c]])
        tables["kept"] = kept(audits["null", "all"] + audits["mixed", "all"])
        if options.data:
            lines = list(HEAD)
            for name, events, more in real_sets(options.data):
                out = scratch / name.replace(" ", "-")
                lines.append(row(name, [audit(program, events, out, options.copies, *more)]))
            tables["real"] = "\n".join(lines) + f"\n\n{options.copies} copies of each."
    if options.print:
        for name, table in tables.items():
            print(f"## {name}\n\n{table}\n")
        return
    fill(ROOT / "docs/AUDIT.md", tables, "audit.py")


if __name__ == "__main__":
    main()
