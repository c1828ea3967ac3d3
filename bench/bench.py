"""Measures `touchstone detect` beside a bare Parquet decode and DuckDB; see run.sh.

Each program runs as a process of its own, in turns, so that a busy machine disturbs all alike.
Wall time, CPU time and peak memory are the kernel's (wait4); stages are detect's own account of
itself in summary.json. Ratios are between medians of the same run.
"""

import argparse
import json
import math
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "bench"
RELEASE = ROOT / "target" / "release"
GIB = 1024.0**3

# The goals of the project, for two cores.
READ_RATIO_MAX = 8.0
DUCKDB_RATIO_MIN = 5.0
MEMORY_MAX_BYTES = 8 * GIB
# Wall seconds of the first detector, and of DuckDB beside it, by millions, as the first edition of docs/BENCHMARKS.md (commit b57bfe6)
# had them. It ranked nothing and knew lockstep, pool and burst alone. Machines differ from day to day, so each is held against DuckDB in
# its own run.
FIRST_SECONDS = {1: (1.10, 0.68), 10: (10.57, 19.91)}
FIRST_RATIO_MAX = 2.0


def measure(command, limit_seconds):
    """Runs a command; its cost, or why there is none."""
    errors = WORK / "stderr.txt"
    start = time.monotonic()
    with open(errors, "wb") as stderr:
        # A session of its own: at the limit the whole group ends, not just its head.
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    os.set_blocking(process.stdout.fileno(), False)
    said, status, usage, late = b"", None, None, False
    while True:
        said += process.stdout.read() or b""
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        if not late and time.monotonic() - start > limit_seconds:
            late = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(0.002)
    wall = time.monotonic() - start
    said += process.stdout.read() or b""
    process.returncode = os.waitstatus_to_exitcode(status)
    result = {
        "wall_seconds": round(wall, 3),
        "user_seconds": round(usage.ru_utime, 3),
        "system_seconds": round(usage.ru_stime, 3),
        "peak_bytes": usage.ru_maxrss * 1024,
    }
    if late:
        result["failed"] = f"none in {limit_seconds:.0f} s"
    elif process.returncode != 0:
        tail = errors.read_text(errors="replace").strip().splitlines()[-1:]
        result["failed"] = f"exit code {process.returncode}: {' '.join(tail).replace(str(ROOT), '.')[:200]}"
    else:
        lines = said.decode(errors="replace").strip().splitlines()
        if lines and lines[-1].startswith("{"):
            result["said"] = json.loads(lines[-1])
    return result


def generate(millions, seed):
    folder = WORK / f"{millions:g}m-{seed}"
    log = folder / "events.parquet"
    if not log.exists():
        events = round(millions * 1_000_000)
        made = measure([RELEASE / "examples" / "scale", events, seed, folder], 3600)
        if "failed" in made:
            sys.exit(f"could not generate {events} events: {made['failed']}")
        (folder / "generation.json").write_text(json.dumps(made))
    cost = folder / "generation.json"
    return log, json.loads(cost.read_text()) if cost.exists() else None


def detect(program, log, limit_seconds):
    out = WORK / "findings"
    shutil.rmtree(out, ignore_errors=True)
    result = measure([program, "detect", log, "--out", out, "--quiet"], limit_seconds)
    summary = out / "summary.json"
    if "failed" not in result and summary.exists():
        summary = json.loads(summary.read_text())
        result["stages"] = summary.get("stages", [])
        result["signals"] = summary.get("signal_seconds", [])
        result["own_peak_bytes"] = summary.get("peak_memory_bytes")
    return result


def coacting(log, limit_seconds):
    # Ours to remove: a run that is stopped at its limit can't tidy up after itself.
    spill = WORK / "spill"
    spill.mkdir(exist_ok=True)
    result = measure([sys.executable, ROOT / "bench" / "coacting.py", log, spill], limit_seconds)
    shutil.rmtree(spill, ignore_errors=True)
    return result


def median(runs, key):
    values = [run[key] for run in runs if "failed" not in run]
    return statistics.median(values) if values else None


def stage_medians(runs):
    """Stages in detect's order, seconds being the median of the runs."""
    runs = [run for run in runs if run.get("stages")]
    if not runs:
        return []
    stages = []
    for place, stage in enumerate(runs[0]["stages"]):
        seconds = [
            run["stages"][place]["seconds"] for run in runs if place < len(run["stages"])
        ]
        stages.append({**stage, "seconds": statistics.median(seconds)})
    return stages


def signal_medians(runs):
    """Seconds of each signal, in order of their names, being the median of the runs."""
    seconds = {}
    for run in runs:
        for signal in run.get("signals", []):
            seconds.setdefault(signal["signal"], []).append(signal["seconds"])
    return {name: statistics.median(all_runs) for name, all_runs in sorted(seconds.items())}


def reading_seconds(stages):
    """The stage that reads and interns: by name, else the first."""
    named = [s["seconds"] for s in stages if any(w in s["stage"] for w in ("read", "intern"))]
    if named:
        return sum(named)
    return stages[0]["seconds"] if stages else None


def machine():
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory_gib": round(memory / GIB, 1),
        "load_before": round(os.getloadavg()[0], 2),
    }


def run(options):
    import duckdb

    WORK.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine(), "duckdb": duckdb.__version__, "seed": options.seed, "sizes": []}
    for millions in options.millions:
        log, generation = generate(millions, options.seed)
        repeats = options.repeats or (3 if millions <= 10 else 1)
        programs = {
            "decode": lambda: measure([RELEASE / "examples" / "decode", log], 600),
            "detect": lambda: detect(options.touchstone, log, options.detect_limit),
            "duckdb": lambda: coacting(log, options.duckdb_limit),
        }
        if options.no_duckdb:
            del programs["duckdb"]
        # Once through the page cache, so that the first program does not pay for the disk.
        measure([RELEASE / "examples" / "decode", log], 600)
        runs = {name: [] for name in programs}
        for repeat in range(repeats):
            for name, program in programs.items():
                # What failed once will not do better the next time, and costs its limit again.
                if any("failed" in past for past in runs[name]):
                    continue
                runs[name].append(program())
                last = runs[name][-1]
                note = last.get("failed") or f"{last['wall_seconds']:.2f} s"
                print(f"{millions:g} M, run {repeat + 1}, {name}: {note}", file=sys.stderr)
        results["sizes"].append(
            {
                "millions": millions,
                "bytes": log.stat().st_size,
                "generation": generation,
                "runs": runs,
                "stages": stage_medians(runs["detect"]),
                "signals": signal_medians(runs["detect"]),
            }
        )
    return results


def seconds(value):
    return "-" if value is None else f"{value:.2f}"


def share(part, whole):
    return "-" if not whole else f"{part / whole:.1%}"


def gib(value):
    return "-" if value is None else f"{value / GIB:.2f}"


def judge(results):
    """Goals beside what was measured: (goal, measured, met), met being None where unknown."""
    sizes = {size["millions"]: size for size in results["sizes"]}
    wall = lambda size, name: median(size["runs"].get(name, []), "wall_seconds")
    lines = []

    ten = sizes.get(10)
    goal = f"10 M: detect within {READ_RATIO_MAX:g} times its stage that reads and interns"
    reading = reading_seconds(ten["stages"]) if ten else None
    if ten and wall(ten, "detect") and reading:
        ratio = wall(ten, "detect") / reading
        lines.append((goal, f"{ratio:.1f} times", ratio <= READ_RATIO_MAX))
    else:
        lines.append((goal, "not measured", None))

    for millions, (first, beside) in FIRST_SECONDS.items():
        size = sizes.get(millions)
        own, duckdb = (wall(size, name) if size else None for name in ("detect", "duckdb"))
        ranking = size["signals"].get("ranking", 0.0) if size else 0.0
        for what, less in (("detect", 0.0), ("detect less ranking, which the first had not,", ranking)):
            goal = (
                f"{millions} M: {what} within {FIRST_RATIO_MAX:g} times the first detector, each by DuckDB's seconds beside"
                f" it ({first:.2f} by {beside:.2f} then)"
            )
            if own is None or duckdb is None:
                lines.append((goal, "not measured", None))
            else:
                ratio = (own - less) / duckdb * beside / first
                told = f"{ratio:.2f} times ({own - less:.2f} by {duckdb:.2f} now)"
                lines.append((goal, told, ratio <= FIRST_RATIO_MAX))

    goal = f"10 M: at least {DUCKDB_RATIO_MIN:g} times faster than DuckDB's self-join alone"
    duckdb_runs = ten["runs"].get("duckdb", []) if ten else []
    if ten and wall(ten, "detect") and duckdb_runs:
        stopped = duckdb_runs[0].get("failed", "").startswith("none in")
        least = wall(ten, "duckdb") or (duckdb_runs[0]["wall_seconds"] if stopped else None)
        if least is None:
            lines.append((goal, f"DuckDB failed: {duckdb_runs[0]['failed']}", None))
        else:
            ratio = least / wall(ten, "detect")
            met = True if ratio >= DUCKDB_RATIO_MIN else (None if stopped else False)
            lines.append((goal, f"{'more than ' if stopped else ''}{ratio:.1f} times", met))
    else:
        lines.append((goal, "not measured", None))

    fifty = sizes.get(50)
    goal = f"50 M: within {MEMORY_MAX_BYTES / GIB:g} GiB"
    peak = median(fifty["runs"]["detect"], "peak_bytes") if fifty else None
    if peak is None:
        lines.append((goal, "not measured", None))
    else:
        lines.append((goal, f"{peak / GIB:.2f} GiB", peak <= MEMORY_MAX_BYTES))

    measured = [size for size in results["sizes"] if wall(size, "detect")]
    if len(measured) < 2:
        lines.append(("cost grows no faster than n log n", "not measured", None))
    for small, large in zip(measured, measured[1:]):
        cost = lambda size: size["millions"] * math.log(size["millions"] * 1e6)
        allowed = cost(large) / cost(small)
        growth = wall(large, "detect") / wall(small, "detect")
        goal = (
            f"{small['millions']:g} to {large['millions']:g} M: cost grows no faster than n log n"
            f" ({allowed:.1f} times)"
        )
        lines.append((goal, f"{growth:.1f} times", growth <= allowed))
    return lines


def page(results):
    where = results["machine"]
    lines = [
        "# Speed and memory",
        "",
        "Written by `bench/run.sh "
        + " ".join(f"{size['millions']:g}" for size in results["sizes"])
        + "`: run it again rather than edit. Medians of three runs up to 10 million, one run above;"
        " wall and CPU time and peak memory as the kernel counts them; every number of a size comes"
        " from one run, the programs taking turns.",
        "",
        f"Machine: {where['cores']} cores, {where['processor']}, {where['memory_gib']:g} GiB; load"
        f" before the run {where['load_before']:g}. DuckDB {results['duckdb']}, seed"
        f" {results['seed']}.",
        "",
        "The log: three columns, ids as text; Zipf popularity, heavy-tailed activity, attention"
        " that decays, days with a rhythm, one endorsement in twenty from rings (`touchstone_sim::scale`).",
        "",
        "## Goals",
        "",
        "| goal | measured | |",
        "|---|---|---|",
    ]
    verdict = {True: "met", False: "**missed**", None: "open"}
    lines += [f"| {goal} | {value} | {verdict[met]} |" for goal, value, met in judge(results)]
    lines += [
        "",
        "## Beside each other",
        "",
        "| million | program | wall s | user s | system s | peak GiB | million rows/s | detect is |",
        "|---|---|---|---|---|---|---|---|",
    ]
    names = {
        "decode": "bare Parquet decode",
        "detect": "touchstone detect",
        "duckdb": "DuckDB, co-acting pairs alone",
    }
    for size in results["sizes"]:
        own = median(size["runs"]["detect"], "wall_seconds")
        for name, runs in size["runs"].items():
            wall = median(runs, "wall_seconds")
            if wall is None:
                failed = runs[0].get("failed", "no run") if runs else "no run"
                lines.append(f"| {size['millions']:g} | {names[name]} | {failed} | - | - | - | - | - |")
                continue
            beside = "-"
            if own and name != "detect":
                beside = (
                    f"{wall / own:.1f} times faster" if wall > own else f"{own / wall:.1f} times slower"
                )
            lines.append(
                f"| {size['millions']:g} | {names[name]} | {seconds(wall)} |"
                f" {seconds(median(runs, 'user_seconds'))} |"
                f" {seconds(median(runs, 'system_seconds'))} | {gib(median(runs, 'peak_bytes'))} |"
                f" {size['millions'] / wall:.2f} | {beside} |"
            )
    lines += [
        "",
        "## Signals",
        "",
        "What each signal costs, as a share of detect's wall time. Stages that several need (exchange, infrastructure and path"
        " without views have none of their own) are under shared; ranking is no signal.",
        "",
        "| million | signal | s | share |",
        "|---|---|---|---|",
    ]
    for size in results["sizes"]:
        own = median(size["runs"]["detect"], "wall_seconds")
        for signal, took in size["signals"].items():
            lines.append(f"| {size['millions']:g} | {signal} | {took:.3f} | {share(took, own)} |")
    lines += [
        "",
        "## Stages of detect",
        "",
        "| million | stage | s | share | rows | million rows/s |",
        "|---|---|---|---|---|---|",
    ]
    for size in results["sizes"]:
        own = median(size["runs"]["detect"], "wall_seconds")
        for stage in size["stages"]:
            rows, took = stage.get("rows") or 0, stage["seconds"]
            speed = f"{rows / took / 1e6:.2f}" if took and rows else "-"
            lines.append(
                f"| {size['millions']:g} | {stage['stage']} | {took:.3f} | {share(took, own)} | {rows:,} | {speed} |"
            )
    if not any(size["stages"] for size in results["sizes"]):
        lines.append("| - | none reported | - | - | - | - |")
    lines += ["", "## Generation of the logs", "", "| million | s | million rows/s | peak GiB | file MiB |", "|---|---|---|---|---|"]
    for size in results["sizes"]:
        made = size["generation"]
        if made:
            lines.append(
                f"| {size['millions']:g} | {made['wall_seconds']:.1f} |"
                f" {size['millions'] / made['wall_seconds']:.2f} | {gib(made['peak_bytes'])} |"
                f" {size['bytes'] / 1024**2:.0f} |"
            )
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(
        prog="bench/run.sh", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("millions", type=float, nargs="*", help="sizes in millions of endorsements (default: 1 10)")
    parser.add_argument("--seed", type=int, default=1, help="of the generated logs (default 1)")
    parser.add_argument("--repeats", type=int, help="runs of each program (default 3; 1 above 10 million)")
    parser.add_argument("--touchstone", type=Path, default=RELEASE / "touchstone", metavar="PROGRAM", help="another build to measure")
    parser.add_argument("--detect-limit", type=float, default=1800, metavar="SECONDS", help="default 1800")
    parser.add_argument("--duckdb-limit", type=float, default=400, metavar="SECONDS", help="default 400")
    parser.add_argument("--no-duckdb", action="store_true", help="leave DuckDB out")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "BENCHMARKS.md", help="default docs/BENCHMARKS.md")
    parser.add_argument("--json", type=Path, default=ROOT / "bench" / "results.json", help="default bench/results.json")
    options = parser.parse_args()
    options.millions = sorted(options.millions or [1.0, 10.0])
    results = run(options)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(page(results))
    options.json.write_text(json.dumps(results, indent=1) + "\n")
    print(page(results))


if __name__ == "__main__":
    main()
