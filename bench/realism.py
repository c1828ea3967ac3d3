#!/usr/bin/env python3
"""Holds simulated worlds against real logs and writes docs/REALISM.md and docs/images/realism-*.svg.

    python3 bench/realism.py DATA_FOLDER [--touchstone PROGRAM] [--print]

DATA_FOLDER holds one folder a set (kuairand_pure_valtest, ...), as for bench/real_data.py. The sets are
not part of the repository, and nothing but distributions of them goes into the page. Without --print the
tables replace what stands between the markers in docs/REALISM.md. Needs the Python packages duckdb and
numpy. Takes about two minutes.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import numpy as np

import realism_facts
import realism_figures as figures
import realism_measures as measures
from realism_measures import DAY, Log

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEED = 1
# One zone, so that an hour of the day is one: the hours of the real sets are those of one country each.
ONE_ZONE = 'about = "everybody in one time zone"\nusers = 6000\nlife.zones = [{ hours = 8.0, share = 1.0 }]\n'


def real_logs(data):
    """Endorsements of the real sets, each account and target once; of a long set its densest 28 days."""
    csv = lambda folder, name="events.csv.gz": f"read_csv('{data / folder / name}')"
    queries = {
        "KuaiRand likes": f"select actor, target, ts s from {csv('kuairand_pure_valtest', 'impressions.csv.gz')} where is_like = 1",
        "Higgs retweets": f"select actor, target, ts s from {csv('higgs_twitter_activity')} where kind = 'RT'",
        "Russian retweets": f"select actor, target, ts s from {csv('coortweet_russian_retweets')}",
        "German URLs": f"select actor, target, ts s from {csv('coortweet_german_elections')} where kind = 'share_url' and platform = 'tw'",
    }
    return {name: read(query) for name, query in queries.items()}


def read(query, days_most=28):
    """The log of a query for actor, target and s, the second."""
    columns = duckdb.sql(
        f"""with e as (select actor, target, min(s) s from ({query}) group by 1, 2)
        select dense_rank() over (order by actor) a, dense_rank() over (order by target) t, s from e order by s, a, t"""
    ).fetchnumpy()
    seconds = np.asarray(columns["s"], dtype=float)
    if seconds[-1] - seconds[0] > days_most * DAY:
        ends = np.searchsorted(seconds, seconds + days_most * DAY)
        first = int(np.argmax(ends - np.arange(len(seconds))))
        inside = slice(first, ends[first])
    else:
        inside = slice(None)
    seconds = seconds[inside]
    days = min(days_most, np.ceil((seconds[-1] - seconds[0]) / DAY * 2) / 2)
    return Log(columns["a"][inside], columns["t"][inside], seconds - seconds[0], float(days))


def simulated_logs(worlds):
    epoch = "epoch_ms(e.ts) / 1000 s"
    likes = lambda folder: f"select actor, target, {epoch} from '{folder}/events.parquet' e"
    return {
        "null": read(f"{likes(worlds['null'])} where kind = 'like'"),
        "plain": read(f"{likes(worlds['plain'])} where kind = 'like'"),
        "mixed, organic part": read(
            f"{likes(worlds['mixed'])} join '{worlds['mixed']}/truth_events.parquet' t using (event_id) where kind = 'like' and not fake"
        ),
    }


def views(query, per, count=10):
    """Of the first so many opened contents of each account (or of each content) that has as many: how many
    were liked. `query` gives k, the key, s, the second, and liked."""
    rows = duckdb.sql(
        f"""with v as (select k, liked, row_number() over (partition by k order by s, liked) n from ({query}))
        select sum(liked::int) from v where n <= {count} group by k having count(*) = {count}"""
    ).fetchnumpy()
    return np.asarray(list(rows.values())[0], dtype=float)


def view_queries(data, world):
    """Opened contents, liked or not: of KuaiRand by surface, and of a world. Exact repeats (a client's second
    try) and second looks are left out: the first look at a content counts."""
    impressions = data / "kuairand_pure_valtest" / "impressions.csv.gz"
    kuairand = lambda key, where: (
        f"select {key} k, min(ts) s, max(is_like) = 1 liked, arg_min(play_time_ms / duration_ms, ts) ratio "
        f"from read_csv('{impressions}') where is_click = 1 and duration_ms > 0 and {where} group by actor, target"
    )
    simulated = lambda key: (
        f"select {key} k, min(ts) filter (kind = 'view') s, bool_or(kind = 'like') liked, "
        f"arg_min(watch_fraction, ts) filter (kind = 'view') ratio from '{world}/events.parquet' "
        f"where kind in ('view', 'like') group by actor, target having bool_or(kind = 'view')"
    )
    return kuairand, simulated


def hour_sets(data, zone_world):
    """Seconds of the local day; each set is of one country's clock."""
    csv = lambda folder, name="events.csv.gz": f"read_csv('{data / folder / name}')"
    seconds = lambda query: np.asarray(list(duckdb.sql(query).fetchnumpy().values())[0], dtype=float) % DAY
    return {
        "simulated": seconds(f"select epoch_ms(ts) / 1000 + 8 * 3600 from '{zone_world}/events.parquet' where kind = 'view'"),
        "KuaiRand clicks": seconds(
            f"select ts + 8 * 3600 from {csv('kuairand_pure_valtest', 'impressions.csv.gz')} where is_click = 1"
        ),
        "Russian retweets": seconds(f"select ts + 3 * 3600 from {csv('coortweet_russian_retweets')}"),
        "German URLs": seconds(
            f"select ts + 2 * 3600 from {csv('coortweet_german_elections')} where kind = 'share_url' and platform = 'tw'"
        ),
    }


# Name, what is compared, by which key logs are matched, whether distances are over the logarithm.
MEASURES = [
    ("likes an account", lambda log: measures.per_key(log.actor), "actor", True),
    ("likes a target", lambda log: measures.per_key(log.target), "target", True),
    ("gaps of an account", measures.gaps, "actor", True),
    ("burstiness of an account's first five", lambda log: measures.burstiness(log, 5, exactly=True), "actor", False),
    ("half-life of a target", measures.half_lives, "target", True),
]
# Too few values say nothing.
LEAST = 50


def comparable(measure, name):
    """Higgs counts an account retweeted, and KuaiRand's videos are older than its log: neither has a first hour."""
    return not (measure.startswith("half-life") and name in ("Higgs retweets", "KuaiRand likes"))


def distances(one, other):
    """For each measure the distance of two logs (Kolmogorov-Smirnov, Wasserstein), or none."""
    found = {}
    for name, measure, key, logarithmic in MEASURES:
        values = [measure(log) for log in measures.matched(one, other, key)]
        if min(map(len, values)) >= LEAST:
            found[name] = (measures.smirnov(*values), measures.wasserstein(*values, log=logarithmic))
    return found


def cell(distance):
    return "-" if distance is None else f"{distance[0]:.2f} / {distance[1]:.2f}"


def shape_table(simulated, real):
    names = list(real)
    lines = [
        "| measure | world | " + " | ".join(names) + " | real sets among themselves |",
        "|---|---|" + "---|" * (len(names) + 1),
    ]
    beside = {(s, r): distances(simulated[s], real[r]) for s in simulated for r in real}
    among = {(a, b): distances(real[a], real[b]) for i, a in enumerate(names) for b in names[i + 1 :]}
    for measure, *_ in MEASURES:
        pairs = [d[measure] for (a, b), d in among.items() if measure in d and comparable(measure, a) and comparable(measure, b)]
        for world in simulated:
            row = [beside[world, r].get(measure) if comparable(measure, r) else None for r in names]
            spread = "-"
            if pairs:
                low, high = (tuple(f(p[i] for p in pairs) for i in (0, 1)) for f in (min, max))
                spread = cell(low) if low == high else f"{cell(low)} to {cell(high)}"
            lines.append(f"| {measure} | {world} | " + " | ".join(map(cell, row)) + f" | {spread} |")
    return "\n".join(lines)


def size_table(logs):
    lines = [
        "| log | days | endorsements | accounts | targets | an account, mean | busiest 1 % | busiest 10 % | Gini, accounts | top 1 % of targets | top 10 % | Gini, targets | burstiness of accounts with ten |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, log in logs.items():
        actors, targets = measures.per_key(log.actor), measures.per_key(log.target)
        shares = lambda counts: f"{measures.top_share(counts, 0.01):.0%} | {measures.top_share(counts, 0.1):.0%} | {measures.gini(counts):.2f}"
        bursts = measures.burstiness(log, 10)
        bursty = f"{bursts.mean():.2f}" if len(bursts) >= LEAST else "-"
        lines.append(
            f"| {name} | {log.days:g} | {len(log.seconds):,} | {len(actors):,} | {len(targets):,} | {actors.mean():.1f} | {shares(actors)} | {shares(targets)} | {bursty} |"
        )
    return "\n".join(lines)


def view_table(data, worlds):
    """Watch ratios and likes an opened content beside KuaiRand, whose other surfaces say what far means."""
    kuairand, simulated = view_queries(data, worlds["plain"])
    real, rest = "tab = 1", "tab <> 1"
    ratio = lambda query: np.minimum(np.asarray(duckdb.sql(f"select ratio from ({query}) where ratio >= 0").fetchnumpy()["ratio"], float), 5.0)
    sets = {
        "watch ratio (5 at most)": [ratio(simulated("actor")), ratio(kuairand("actor", real)), ratio(kuairand("actor", rest))],
        "likes among an account's first ten opened": [views(q, "actor") for q in (simulated("actor"), kuairand("actor", real), kuairand("actor", rest))],
        "likes among a target's first ten openings": [views(q, "target") for q in (simulated("target"), kuairand("target", real), kuairand("target", rest))],
    }
    lines = ["| measure | simulated, mean | KuaiRand, mean | distance | KuaiRand's main surface from its others |", "|---|---|---|---|---|"]
    for name, (one, other, third) in sets.items():
        far = lambda a, b: (measures.smirnov(a, b), measures.wasserstein(a, b)) if min(len(a), len(b)) >= LEAST else None
        lines.append(f"| {name} | {one.mean():.3f} | {other.mean():.3f} | {cell(far(one, other))} | {cell(far(other, third))} |")
    return "\n".join(lines), sets


def hour_table(sets):
    shares = {name: measures.hours(seconds) for name, seconds in sets.items()}
    lines = ["| log | busiest hour | quietest | busiest over quietest | apart from the simulated day |", "|---|---|---|---|---|"]
    for name, share in shares.items():
        apart = "-" if name == "simulated" else f"{np.abs(share - shares['simulated']).sum() / 2:.2f}"
        lines.append(f"| {name} | {share.argmax()} h | {share.argmin()} h | {share.max() / share.min():.1f} | {apart} |")
    names = [name for name in shares if name != "simulated"]
    among = [np.abs(shares[a] - shares[b]).sum() / 2 for i, a in enumerate(names) for b in names[i + 1 :]]
    lines.append(f"\nReal sets among themselves: {min(among):.2f} to {max(among):.2f}.")
    return "\n".join(lines), shares


LEGEND = [("simulated", "simulated (plain)"), ("real", "real")]


def pictures(simulated, real, view_sets, shares, folder):
    folder.mkdir(exist_ok=True)
    world, names = simulated["plain"], list(real)
    curve = lambda kind, values: (kind, *measures.survival(values))
    pairs = lambda measure, key: [(name, *map(measure, measures.matched(world, real[name], key))) for name in names]
    span = lambda *ticks: [(value, label) for value, label in ticks]
    times = span((1, "1 s"), (60, "1 min"), (3600, "1 h"), (DAY, "1 d"), (10 * DAY, "10 d"))
    panels = []
    for what, key in (("account", "actor"), ("target", "target")):
        panels += [
            figures.Panel(name, [curve("simulated", one), curve("real", other)], f"likes {'an account' if key == 'actor' else 'a target'}, at least", "xy", y_range=(1e-4, 1))
            for name, one, other in pairs(lambda log, key=key: measures.per_key(getattr(log, key)), key)
        ]
    figures.write(folder / "realism-likes.svg", "Likes an account and a target", LEGEND, panels)
    panels = [
        figures.Panel(name, [curve("simulated", one), curve("real", other)], "gap of an account, at least", "x", times, (1, 28 * DAY), (0, 1), figures.percent(0, 0.5, 1))
        for name, one, other in pairs(measures.gaps, "actor")
    ]
    panels += [
        figures.Panel(name, [curve("simulated", one), curve("real", other)], "burstiness, at least", "", span((-1, "-1"), (0, "0"), (1, "1")), (-1, 1), (0, 1), figures.percent(0, 0.5, 1))
        for name, one, other in pairs(lambda log: measures.burstiness(log, 5, exactly=True), "actor")
    ]
    figures.write(folder / "realism-gaps.svg", "Gaps and burstiness of accounts", LEGEND, panels)
    hours = [
        figures.Panel(name, [("simulated", range(24), shares["simulated"]), ("real", range(24), shares[name])], "hour of the local day", "", span((0, "0"), (6, "6"), (12, "12"), (18, "18"), (23, "23")), (0, 23), (0, 0.1), figures.percent(0, 0.05, 0.1))
        for name in shares if name != "simulated"
    ]
    watch, account, target = view_sets.values()
    ratio = figures.Panel("KuaiRand, opened", [curve("simulated", watch[0]), curve("real", watch[1]), curve("other", watch[2])], "watch ratio, at least", "", span((0, "0"), (1, "1"), (2, "2"), (3, "3")), (0, 3), (0, 1), figures.percent(0, 0.5, 1))
    liked = [
        figures.Panel("KuaiRand", [curve("simulated", one), curve("real", other), curve("other", third)], f"likes among ten {words}, at least", "y", span((0, "0"), (5, "5"), (10, "10")), (0, 10), (1e-4, 1))
        for (one, other, third), words in ((account, "of an account"), (target, "of a target"))
    ]
    lives = [
        figures.Panel(name, [curve("simulated", one), curve("real", other)], "half-life of a target, at least", "x", times, (60, 2 * DAY), (0, 1), figures.percent(0, 0.5, 1))
        for name, one, other in pairs(measures.half_lives, "target") if comparable("half-life", name)
    ]
    legend = [*LEGEND, ("other", "KuaiRand's other surfaces")]
    figures.write(folder / "realism-views.svg", "Hours, watch ratios, likes an opened content, half-lives", legend, hours + [ratio] + liked + lives)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--touchstone", default=str(ROOT / "target/release/touchstone"))
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "zone.toml").write_text(ONE_ZONE)
        worlds = {}
        for name, scenario in [("null", "null"), ("plain", "plain"), ("mixed", "mixed"), ("zone", scratch / "zone.toml")]:
            worlds[name] = scratch / name
            done = subprocess.run(
                [options.touchstone, "simulate", "--scenario", scenario, "--seed", str(SEED), "--out", worlds[name], "--quiet"],
                capture_output=True, text=True,
            )
            if done.returncode != 0:
                sys.exit(f"{scenario}: exit {done.returncode}\n{done.stderr}")
        simulated, real = simulated_logs(worlds), real_logs(options.data)
        tables = {"sizes": size_table(simulated | real), "shapes": shape_table(simulated, real)}
        tables["views"], view_sets = view_table(options.data, worlds)
        tables["hours"], shares = hour_table(hour_sets(options.data, worlds["zone"]))
        tables["facts"] = realism_facts.table(worlds)
        if not options.print:
            pictures(simulated, real, view_sets, shares, ROOT / "docs/images")
    if options.print:
        for name, table in tables.items():
            print(f"## {name}\n\n{table}\n")
        return
    page = ROOT / "docs/REALISM.md"
    text = page.read_text()
    for name, table in tables.items():
        begin, end = f"<!-- {name}: made by bench/realism.py -->", f"<!-- end of {name} -->"
        if begin not in text or end not in text:
            sys.exit(f"{page}: no markers for {name}")
        text = text[: text.index(begin)] + f"{begin}\n{table.replace('%', ' %').replace('  %', ' %')}\n" + text[text.index(end) :]
    page.write_text(text)


if __name__ == "__main__":
    main()
