#!/usr/bin/env python3
"""Writes docs/NULLS.md: how many bits each innocent look-alike draws under a null that knows activities and popularities alone,
and under Touchstone's.

    python3 bench/nulls.py [--touchstone PROGRAM] [--seeds N] [--users N] [--print]

Without --print the table replaces what stands between the markers in docs/NULLS.md. Needs the Python package duckdb.
"""

import argparse
import math
import pathlib
import subprocess
import sys
import tempfile

import duckdb
from pages import fill

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED_FROM = 9001  # never looked at while anything was tuned
SCENARIOS = ["null", "only-roundup", "only-kiosk"]  # the last two are in no world of everyday life
COLUMNS = {"all": None, "owner": "actor, target, ts, owner", "three": "actor, target, ts"}


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")


def poisson_tail_bits(n, mean):
    """Bits of seeing at least `n` where `mean` are expected."""
    first = -mean + n * math.log(mean) - math.lgamma(n + 1)
    total, term, k = 1.0, 1.0, n
    while term > 1e-12 * total:
        k += 1
        term *= mean / k
        total += term
    return max(0.0, -(first + math.log(total)) / math.log(2))


def degree_only(events):
    """By account the bits of its most surprising pair, less those of having so many pairs to look at (Bonferroni).

    Chung-Lu without time: accounts of `k` and `l` likes share `k l S` targets by chance, `S = sum d (d - 1) / m^2` over the targets'
    likes `d`, of `m` in all.
    """
    db = duckdb.connect()
    db.execute("set threads = 1")
    db.execute(f"create table l as select distinct actor, target from '{events}' where kind = 'like'")
    degree = dict(db.execute("select actor, count(*) from l group by 1").fetchall())
    total = sum(degree.values())
    (squares,) = db.execute("select sum(d * (d - 1)) from (select count(*) d from l group by target)").fetchone()
    share = squares / total**2
    pairs = db.execute(
        "select a.actor, b.actor, count(*) n from l a join l b on a.target = b.target and a.actor < b.actor group by 1, 2 having n >= 2"
    )
    looked_at = math.log2(len(degree) * (len(degree) - 1) / 2)
    best = {}
    while rows := pairs.fetchmany(100_000):
        for a, b, n in rows:
            bits = poisson_tail_bits(n, degree[a] * degree[b] * share) - looked_at
            if bits > 0:
                best[a], best[b] = max(bits, best.get(a, 0.0)), max(bits, best.get(b, 0.0))
    return best


def ours(program, world, columns, out):
    """By account the bits that are held against it."""
    if COLUMNS[columns] is None:
        tables = ["--accounts", world / "accounts.parquet", "--contents", world / "contents.parquet"]
        events = world / "events.parquet"
    else:
        tables, events = [], out.with_suffix(".parquet")
        duckdb.sql(
            f"copy (select {COLUMNS[columns]} from '{world}/events.parquet' where kind = 'like') to '{events}' (format parquet)"
        )
    run(program, "detect", events, *tables, "--out", out, "--quiet")
    rows = duckdb.sql(f"select account, evidence_bits, verdict = 'inauthentic' from '{out}/accounts.parquet'").fetchall()
    return {account: (max(bits, 0.0), accused) for account, bits, accused in rows}


def summary(bits):
    bits = sorted(bits)
    at = lambda q: bits[min(len(bits) - 1, int(q * len(bits)))]
    return f"{at(0.5):.1f} / {at(0.95):.1f} / {bits[-1]:.0f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touchstone", default=str(ROOT / "target/release/touchstone"))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--users", type=int, default=5000)
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    kinds = {}
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        worlds = [(scenario, SEED_FROM + n) for scenario in SCENARIOS for n in range(options.seeds)]
        for scenario, seed in worlds:
            world = scratch / f"{scenario}-{seed}"
            run(options.touchstone, "simulate", "--scenario", scenario, "--seed", seed, "--users", options.users, "--out", world, "--quiet")
            degree = degree_only(world / "events.parquet")
            found = {c: ours(options.touchstone, world, c, scratch / f"{scenario}-{seed}-{c}") for c in COLUMNS}
            look_alikes = duckdb.sql(
                f"select coalesce(look_alike, 'nobody special'), account from '{world}/truth_accounts.parquet' where likes > 0"
            ).fetchall()
            for kind, account in look_alikes:
                if kind == "nobody special" and scenario != "null":
                    continue
                row = kinds.setdefault(kind, {"degree": [], "accused": 0, **{c: [] for c in COLUMNS}})
                row["degree"].append(degree.get(account, 0.0))
                for c in COLUMNS:
                    bits, accused = found[c].get(account, (0.0, False))
                    row[c].append(bits)
                    row["accused"] += accused
    head = [
        "| look-alike | accounts | degree-only null | of them beyond its line | ours, all columns | ours, with owners | ours, three columns | accused by us |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines = [
        f"| {kind.replace('_', ' ')} | {len(r['degree']):,} | {summary(r['degree'])} | "
        f"{sum(b >= math.log2(100) for b in r['degree']) / len(r['degree']):.0%} | "
        + " | ".join(summary(r[c]) for c in COLUMNS)
        + f" | {r['accused']} |"
        for kind, r in sorted(kinds.items())
    ]
    note = (
        f"{options.seeds} worlds of each scenario ({', '.join(SCENARIOS)}) without a single fake, of {options.users:,} people each, "
        f"seeds from {SEED_FROM}. Median / 95 % / most."
    )
    table = "\n".join(head + lines) + f"\n\n{note}"
    if options.print:
        print(table)
        return
    fill(ROOT / "docs/NULLS.md", {"bits": table}, "nulls.py")


if __name__ == "__main__":
    main()
