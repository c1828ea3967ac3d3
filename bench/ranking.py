"""Measures the ranking and writes docs/RANKING.md.

    python3 bench/ranking.py --kuairand impressions.csv.gz [--program target/release/touchstone] [--seeds 9001,9002,9003]

Needs the Python package duckdb and a release build. Simulated worlds: seeds from 9000 up report, those below 200 were for
choosing. The real log is the validation week of KuaiRand-Pure (Gao et al., CIKM 2022; CC BY-SA 4.0): ranked from 24 to 27
April 2022, judged by 28 to 30 April.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import tempfile

import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent
SPLIT = 1651104000  # 2022-04-28 00:00 UTC
LEAST = 10  # impressions in the last days from which a target is judged


def prepare(source, folder):
    """One event a row from one impression a row, and what became of each target later."""
    db = duckdb.connect()
    db.execute(f"create table i as select * from read_csv('{source}')")
    kinds = {"view": "true", "like": "is_like = 1", "follow": "is_follow = 1", "comment": "is_comment = 1",
             "share": "is_forward = 1", "hate": "is_hate = 1"}
    parts = [
        f"select actor, target, ts, '{kind}' as kind, owner, "
        f"{'play_time_ms' if kind == 'view' else 'null'} as dwell_ms from i where ts < {SPLIT} and {when}"
        for kind, when in kinds.items()
    ]
    db.execute(f"copy ({' union all '.join(parts)} order by ts, actor, target, kind) to '{folder}/events.csv' (header)")
    db.execute(f"copy (select target, any_value(owner) as owner, max(duration_ms) as duration_ms from i group by 1 "
               f"order by 1) to '{folder}/contents.csv' (header)")
    db.execute(f"copy (select target, sum(long_view) as long_views, sum((play_time_ms >= duration_ms)::int) as completed, "
               f"count(*) as views from i where ts >= {SPLIT} group by 1 order by 1) to '{folder}/later.csv' (header)")
    count = lambda where: db.execute(f"select count(*), count(distinct actor), count(distinct target) from i where {where}").fetchone()
    random = db.execute("select count(*) from i where is_rand = 1").fetchone()[0]
    return count(f"ts < {SPLIT}"), count(f"ts >= {SPLIT}"), random


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout


def means(report):
    """Numbers for the verdicts on the goals."""
    worlds = report["worlds"]
    mean = lambda values: sum(values) / max(len(values), 1)
    clean = [mean([w["clean_ndcg"][m] for w in worlds]) for m in range(6)]
    goals = {"clean": clean, "best": max(clean[1:]), "levels": [], "honest": []}
    for g, group in enumerate(worlds[0]["innocents"]):
        if group["group"].startswith(("courtesy", "heavy users")):
            goals["honest"].append((group["group"], mean([w["innocents"][g]["lost"] for w in worlds])))
    for l, level in enumerate(worlds[0]["levels"]):
        rows = [w["levels"][l] for w in worlds]
        kept = [mean([r["shares"][s][2][0] for r in rows]) / clean[0] for s in range(len(level["shares"]))]
        ratio = mean([r["ranks"][0][0] / r["ranks"][1][0] if r["ranks"][1][0] else 0.0 for r in rows])
        goals["levels"].append((level["level"], kept, ratio))
    return goals


def verdicts(goals, shares):
    out = ["| goal | asked | measured | met |", "| --- | --- | --- | --- |"]
    ours, best = goals["clean"][0], goals["best"]
    word = lambda met: "yes" if met else "**no**"
    out.append(f"| clean: NDCG@20 no worse than the best other method | {best:.3f} | {ours:.3f} | {word(ours >= best - 0.0005)} |")
    five = shares.index(0.05)
    for name, kept, ratio in goals["levels"]:
        out.append(f"| {name}: NDCG@20 kept with 5 % attacked | 0.95 | {kept[five]:.3f} | {word(kept[five] >= 0.95)} |")
    for name, kept, ratio in goals["levels"]:
        out.append(f"| {name}: ranks moved, against raw likes | 0.050 | {ratio:.3f} | {word(ratio <= 0.05)} |")
    for name, lost in goals["honest"]:
        out.append(f"| {name}: weight lost without any attack | 0.020 | {lost:.4f} | {word(lost < 0.02)} |")
    return "\n".join(out)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kuairand", required=True, help="impressions.csv.gz of the validation week")
    arguments.add_argument("--program", default=ROOT / "target/release/touchstone")
    arguments.add_argument("--seeds", default="9001,9002,9003")
    arguments.add_argument("--users", default="5000")
    arguments.add_argument("--config", help="configuration of the program; its defaults otherwise")
    arguments.add_argument("--revision", help="what the program was built from; HEAD by default")
    arguments.add_argument("--out", default=ROOT / "docs/RANKING.md")
    options = arguments.parse_args()
    shares = [0.01, 0.05, 0.2]
    with_config = ["--config", options.config] if options.config else []
    head = ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"]
    revision = options.revision or subprocess.run(head, capture_output=True, text=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        before, after, random = prepare(options.kuairand, folder)
        attack = ["rank", "--attack", "--seeds", options.seeds, *with_config]
        jobs = {"sim": ["--users", options.users]}
        log = ["--input", folder / "events.csv", "--contents", folder / "contents.csv", "--gains", folder / "later.csv",
               "--per", "views", "--least", LEAST]
        jobs["long"] = [*log, "--outcome", "long_views"]
        jobs["done"] = [*log, "--outcome", "completed"]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            said = {name: pool.submit(run, options.program, *attack, *job, "--json", folder / f"{name}.json")
                    for name, job in jobs.items()}
            simulated, long, done = (said[name].result() for name in jobs)
        run(options.program, "detect", folder / "events.csv", "--contents", folder / "contents.csv", "--out",
            folder / "findings", "--quiet", *with_config)
        fits = [run(options.program, "rank", folder / "findings", "--fit", folder / "later.csv", "--outcome", outcome,
                    "--per", "views", *with_config) for outcome in ("long_views", "completed")]
        shown = run(options.program, "rank", folder / "findings", "--show", 8, *with_config).rsplit("\nranks ", 1)[0]
        reports = {name: json.loads((folder / f"{name}.json").read_text()) for name in ("sim", "long", "done")}
    text = (ROOT / "bench/ranking.md").read_text()
    values = {
        "WEIGHTS": "\n".join(f"{k} = {v}" for k, v in reports["sim"]["rank"]["weights"].items()),
        "BEYOND": reports["sim"]["rank"]["likes_beyond"],
        "SIM_GOALS": verdicts(means(reports["sim"]), shares),
        "SIM_TABLES": simulated.strip(),
        "LONG_GOALS": verdicts(means(reports["long"]), shares),
        "LONG_TABLES": long.strip(),
        "DONE_GOALS": verdicts(means(reports["done"]), shares),
        "DONE_TABLES": done.strip(),
        "FIT_LONG": fits[0].strip(),
        "FIT_DONE": fits[1].strip(),
        "SHOWN": shown.strip(),
        "BEFORE": f"{before[0]:,} impressions, {before[1]:,} people, {before[2]:,} videos",
        "AFTER": f"{after[0]:,} impressions, {after[1]:,} people, {after[2]:,} videos",
        "RANDOM": random,
        "SEEDS": options.seeds.replace(",", ", "),
        "REVISION": revision,
        "USERS": f"{int(options.users):,}",
        "LEAST": LEAST,
    }
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    pathlib.Path(options.out).write_text(text)


if __name__ == "__main__":
    main()
