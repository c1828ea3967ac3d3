#!/usr/bin/env python3
"""How much the service takes: durable ingest in batches of 500 and decisions, while windows close and detection runs.

usage: bench/serve.py [SECONDS] [--publish]

Builds the program and the load tool, starts a server on loopback with an empty folder for each load, and prints what was reached.
With --publish, writes the table into docs/SERVICE.md. Latency counts from when a request was due. Server and load share the
machine's cores, so the figures are of both together.
"""

import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pages import fill

ROOT = Path(__file__).resolve().parent.parent
PROGRAM, LOAD = ROOT / "target/release/touchstone", ROOT / "target/release/examples/load"
# Events a second, decisions a second. The first is the goal; the second what decisions need while ingest is moderate.
LOADS = ((50_000, 5_000), (10_000, 5_000))


def processor() -> str:
    names = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return names[0] if names else platform.machine()


def measure(events: int, decisions: int, seconds: int) -> dict:
    folder = Path(tempfile.mkdtemp(prefix="touchstone-load-", dir=ROOT / "target"))
    server = None
    try:
        data = folder / "data"
        make = [PROGRAM, "serve", "token", "create", "--data", data, "--role", "admin", "--name", "load"]
        token = subprocess.run(make, check=True, capture_output=True, text=True).stdout.strip()
        log = open(folder / "log", "w")
        run = [PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0", "--detection-pause", "1s"]
        server = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=log, text=True)
        address = server.stdout.readline().strip().removeprefix("listening on http://")
        load = [LOAD, address, token, str(events), str(decisions), str(seconds)]
        # What went wrong is shown as the tool says it.
        said = subprocess.run(load, check=True, stdout=subprocess.PIPE, text=True).stdout
        memory = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
        detections = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
        detections = [line["seconds"] for line in detections if line.get("message") == "detected"]
        figures = dict(re.findall(r"(events|decisions): (.*)", said))
        return {"said": figures, "detections": detections, "memory": int(memory[1]) // 1024}
    finally:
        if server:
            server.kill()
            server.wait()
        shutil.rmtree(folder)


def row(events: int, decisions: int, result: dict) -> str:
    def cells(what: str, asked: int) -> list[str]:
        if not asked:
            return ["-", "-", "-"]
        figures = re.match(
            r"(\d+) a second, p50 ([\d.]+) ms, p99 ([\d.]+) ms, most ([\d.]+) ms, (\d+) refused", result["said"][what]
        )
        rate, p50, p99, _, refused = figures.groups()
        share = f" ({refused} requests refused with 429)" if int(refused) else ""
        return [f"{int(rate):,}{share}", f"{p50}", f"{p99}"]

    runs = result["detections"]
    detected = f"{len(runs)} (longest {max(runs):.1f} s)" if runs else "0"
    cells_all = [f"{events:,} + {decisions:,}", *cells("events", events), *cells("decisions", decisions)]
    return "| " + " | ".join([*cells_all, detected, f"{result['memory']:,}"]) + " |"


def main() -> None:
    seconds = next((int(a) for a in sys.argv[1:] if a.isdigit()), 30)
    # The whole workspace's choice of features: another one would compile every library once more.
    build = ["cargo", "build", "--release", "--quiet", "--workspace", "--example", "load", "--bin", "touchstone"]
    subprocess.run(build, check=True, cwd=ROOT)
    before = os.getloadavg()[0]
    rows = []
    for events, decisions in LOADS:
        rows.append(row(events, decisions, measure(events, decisions, seconds)))
        print(rows[-1], flush=True)
    today = datetime.date.today().isoformat()
    table = "\n".join(
        [
            f"{processor()}, {os.cpu_count()} cores shared by server and load ({before:.1f} at work on them before), {seconds} s each, {today}:",
            "",
            "| asked: events/s + decisions/s | events/s durable | p50 ms | p99 ms | decisions/s | p50 ms | p99 ms | detections meanwhile | MiB at most |",
            "|---|---|---|---|---|---|---|---|---|",
            *rows,
        ]
    )
    if "--publish" in sys.argv:
        fill(ROOT / "docs/SERVICE.md", {"load": table}, "serve.py")


main()
