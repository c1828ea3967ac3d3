#!/usr/bin/env python3
"""Runs Touchstone on the real sets that docs/REAL_DATA.md is about and writes its tables.

    python3 bench/real_data.py DATA_FOLDER [--touchstone PROGRAM] [--print]

DATA_FOLDER holds one folder a set (coortweet_russian_retweets, ...), each with its events.csv.gz. The
sets are not part of the repository. Without --print the tables replace what stands between the
markers in docs/REAL_DATA.md. Needs the Python package duckdb. Takes about a minute.
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
SEEDS = (7, 8, 9)


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")


def detect(program, events, out, *more):
    run(program, "detect", events, "--out", out, "--quiet", *more)
    return json.loads((out / "summary.json").read_text())


def n(x):
    return f"{x:,.0f}"


def overview(rows):
    lines = [
        "| set | endorsements | accounts | targets | accused | worth a look | rings | discounted |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, s in rows:
        c = s["counts"]
        keys = ("endorsements", "accounts", "targets", "accused", "suspects", "rings", "discounted")
        lines.append(f"| {name} | " + " | ".join(n(c[k]) for k in keys) + " |")
    return "\n".join(lines)


def rings(out, events, kind):
    """Each ring with what opening its rows shows: how many of its members' endorsements come within two seconds of
    another member's on the same target, how wide members spread there, and how much of its audience they are."""
    q = f"""
    with e as (select actor, target, min(ts) ts from read_csv('{events}') where kind = '{kind}' group by 1, 2),
    t as (select target, count(*) total from e group by 1),
    o as (select m.ring, e.target, e.ts, lag(e.ts) over w before, lead(e.ts) over w after from e
          join '{out}/ring_members.parquet' m on m.account = e.actor window w as (partition by m.ring, e.target order by e.ts)),
    x as (select ring, target, count(*) n, max(ts) - min(ts) span,
                 count(*) filter (where ts - before <= 2 or after - ts <= 2) as near from o group by 1, 2 having count(*) >= 2)
    select r.ring, r.kind, r.members, r.accused, r.targets, r.evidence_bits, r.window_seconds,
           sum(near) / sum(x.n), median(span), median(x.n / t.total)
    from '{out}/rings.parquet' r left join x using (ring) left join t using (target)
    group by 1, 2, 3, 4, 5, 6, 7 order by cast(substr(any_value(r.ring), 2) as int)"""
    lines = [
        "| ring | kind | members | accused | targets | bits | window | within 2 s of another | median spread on a target | median share of its endorsers |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for ring, kind, members, accused, targets, bits, window, near, span, share in duckdb.sql(q).fetchall():
        within = "-" if window is None else f"{window:.0f} s"
        spread = "-" if span is None else f"{n(span)} s"
        beside = "-" if near is None else f"{near:.0%}"
        part = "-" if share is None else f"{share:.0%}"
        lines.append(
            f"| {ring} | {kind} | {members} | {accused} | {targets} | {bits:.1f} | {within} | {beside} | {spread} | {part} |"
        )
    return "\n".join(lines)


def sittings(events, kind):
    """Pairs that share many targets within ten minutes, and on how many days they do."""
    q = f"""
    with e as (select actor, target, min(ts) ts from read_csv('{events}') where kind = '{kind}' group by 1, 2),
    p as (select count(*) n, count(distinct cast(a.ts / 86400 as int)) as day_count from e a join e b
          on a.target = b.target and a.actor < b.actor and abs(a.ts - b.ts) <= 600 group by a.actor, b.actor)
    select count(*), median(n), median(day_count) from p where n >= 4"""
    pairs, together, days = duckdb.sql(q).fetchall()[0]
    return (
        f"{pairs} pairs of accounts share four or more targets within ten minutes of each other: {together:.0f} in the "
        f"median, on {days:.0f} day{'s' if days != 1 else ''}."
    )


BUCKETS = [("20 or more", 20, 10**9), ("10 to 19", 10, 19), ("5 to 9", 5, 9), ("2 to 4", 2, 4), ("0 or 1", 0, 1)]


def overlay_tables(results):
    """Found accounts by the trace they left: with how many targets they acted within 60 s of another
    fake account."""
    lines = [
        "| joint targets of the account | fake accounts | accused | worth a look | neither |",
        "|---|---|---|---|---|",
    ]
    seeds = [
        duckdb.sql(
            f"""select t.role, cast(t.joint_targets as int), a.verdict
            from '{out}/accounts.parquet' a
            join read_csv('{mixed}/truth_accounts.csv', all_varchar = true) t using (account)"""
        ).fetchall()
        for mixed, out in results
    ]
    rows = [r for seed in seeds for r in seed]
    for name, low, high in BUCKETS:
        part = [v for role, joint, v in rows if role == "fake" and low <= joint <= high]
        count = [len(part)] + [part.count(v) for v in ("inauthentic", "suspect", "organic")]
        lines.append(f"| {name} | " + " | ".join(n(c) for c in count) + " |")
    host = [v for role, _, v in rows if role == "host"]
    lines.append(
        f"| (host accounts) | {n(len(host))} | {host.count('inauthentic')} | {host.count('suspect')} | "
        f"{n(host.count('organic'))} |"
    )
    likes = [
        duckdb.sql(
            f"""select count(*) filter (fake), count(*) filter (fake and p_fake >= 0.5),
                       count(*) filter (not fake and p_fake >= 0.5)
            from (select l.p_fake, max(t.fake) = 1 fake from '{out}/likes.parquet' l
                  join read_csv('{mixed}/truth_events.csv', types = {{'actor': 'VARCHAR', 'target': 'VARCHAR'}}) t
                  on l.actor = t.actor and l.target = t.target group by l.actor, l.target, l.p_fake)"""
        ).fetchall()[0]
        for mixed, out in results
    ]
    fake, found, wrong = (sum(x[i] for x in likes) for i in range(3))
    lines.append("")
    lines.append(
        f"Single endorsements, all seeds: {n(found)} of {n(fake)} fake ones found (p_fake of at least 0.5), "
        f"{n(wrong)} authentic ones called fake."
    )
    return "\n".join(lines)


def bursts(results):
    """What the burst signal sees of targets by how many fakes they got (no account is accused of it)."""
    lines = [
        "| fakes on the target | targets | with burst evidence of 3 bits or more | accepted by e-BH |",
        "|---|---|---|---|",
    ]
    rows = []
    for mixed, out in results:
        rows += duckdb.sql(
            f"""with f as (select target, sum(fake) n from read_csv('{mixed}/truth_events.csv',
                                types = {{'actor': 'VARCHAR', 'target': 'VARCHAR'}}) group by 1)
            select f.n, coalesce(e.bits, 0), coalesce(json_extract(e.detail, '$.accepted')::bool, false)
            from f join '{out}/targets.parquet' t using (target)
            left join (select * from '{out}/evidence.parquet' where subject_type = 'target') e on e.subject = f.target"""
        ).fetchall()
    for name, low, high in [("100 or more", 100, 10**9), ("20 to 99", 20, 99), ("1 to 19", 1, 19), ("none", 0, 0)]:
        part = [r for r in rows if low <= r[0] <= high]
        strong, accepted = sum(r[1] >= 3 for r in part), sum(bool(r[2]) for r in part)
        lines.append(f"| {name} | {n(len(part))} | {n(strong)} | {n(accepted)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--touchstone", default=str(ROOT / "target/release/touchstone"))
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    tables = {}
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        events = lambda name, file="events.csv.gz": options.data / name / file
        russian, german = events("coortweet_russian_retweets"), events("coortweet_german_elections")
        higgs = events("higgs_twitter_activity")
        program = options.touchstone
        folders = ("russian", "german", "higgs", "kuairand")
        rows = [
            (name, detect(program, file, scratch / folder, *more))
            for folder, (name, file, more) in zip(folders, real_sets(options.data), strict=True)
        ]
        tables["overview"] = overview(rows)
        tables["sittings"] = sittings(russian, "retweet")
        tables["russian"] = rings(scratch / "russian", russian, "retweet")
        tables["german"] = rings(scratch / "german", german, "share_url")
        for name, fakes, more in [
            ("trolls", events("ira_troll_retweets"), ["--window-days", "2.6"]),
            ("stars", events("starscout_github", "fake_star_events.csv.gz"), []),
        ]:
            results = []
            for seed in SEEDS:
                mixed, out = scratch / f"{name}{seed}", scratch / f"{name}{seed}_out"
                run(program, "overlay", "--host", higgs, "--host-endorse", "RT", "--fakes", fakes,
                    "--seed", seed, "--out", mixed, *more)
                detect(program, mixed / "events.csv", out, "--endorse", "RT")
                results.append((mixed, out))
            tables[name] = overlay_tables(results)
            if name == "stars":
                tables["stars-bursts"] = bursts(results)
    if options.print:
        for name, table in tables.items():
            print(f"## {name}\n\n{table}\n")
        return
    fill(ROOT / "docs/REAL_DATA.md", tables, "real_data.py")


if __name__ == "__main__":
    main()
