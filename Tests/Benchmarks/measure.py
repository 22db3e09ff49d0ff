"""Runs `cvlan lint`, `cvlan plan` and yamllint on the fleets that Tests/Benchmarks/lint made, and prints what they took."""

import argparse
import datetime
import json
import os
import shutil
import statistics
import sys
import time
from dataclasses import dataclass

# A repository of this size is measured for what a person waits for in an editor or a hook.
SMALL = 100
# The port that the second commit of a fleet opens.
CHANGED = "8101"
# What is in one file of a fleet.
LAYOUTS = ["node", "network"]


@dataclass
class Job:
    """One command on one fleet."""

    name: str
    fleet: tuple
    command: list
    # The exit status that says that it did its work.
    status: int = 0
    # What has to be in its output.
    says: str = ""
    # Whether the page cache is dropped first.
    dropped: bool = False
    rounds: int = 1


@dataclass
class Sample:
    wall: float
    cpu: float
    megabytes: float


def drop_caches():
    """Whether the page cache could be dropped."""
    os.sync()
    try:
        with open("/proc/sys/vm/drop_caches", "w") as file:
            file.write("3\n")
        return True
    except OSError:
        return False


def run(job, log):
    if job.dropped:
        drop_caches()
    started = time.monotonic()
    child = os.posix_spawn(
        job.command[0], job.command, os.environ,
        file_actions=[(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)])
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - started
    log.seek(0)
    output = log.read()
    code = os.waitstatus_to_exitcode(status)
    if code != job.status or job.says not in output:
        sys.exit(f"{' '.join(job.command)}: ended with {code}, without what was expected\n{output[-2000:]}")
    log.seek(0)
    log.truncate()
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def fleets(options):
    """(nodes, layout), as `lint` names their folders."""
    sizes = [int(size) for size in options.sizes.split(",")]
    found = [(nodes, layout) for layout in options.layouts.split(",") for nodes in sizes]
    return found + ([] if (SMALL, LAYOUTS[0]) in found else [(SMALL, LAYOUTS[0])])


def reading(*paths):
    """What only reads files, with as many processes as there are cores."""
    script = 'find "$@" -type f -print0 | xargs -0 -n 256 -P "$(nproc)" cat >/dev/null'
    return ["/bin/sh", "-c", script, "sh", *paths]


def jobs(options, drops):
    """In the order in which they take turns: what follows a run on the same files finds them in the page cache."""
    for fleet in fleets(options):
        folder = f"{options.work}/{fleet[0]}-{fleet[1]}"
        lint = [options.cvlan, "lint", "--quiet"]
        plan = [options.cvlan, "plan", "--repository", f"{folder}.git", "main~1..main"]
        commit = ["--commit", "main", "--repository", f"{folder}.git"]
        yamllint = [shutil.which("yamllint"), "-d", "relaxed", folder]
        turns = [
            Job("lint, cache dropped", fleet, lint + [folder], dropped=True),
            Job("reading alone, cache dropped", fleet, reading(folder), dropped=True),
            Job("lint", fleet, lint + [folder]),
            Job("yamllint", fleet, yamllint),
            Job("lint --commit, cache dropped", fleet, lint + commit, dropped=True),
            Job("reading the repository alone, cache dropped", fleet, reading(f"{folder}.git"), dropped=True),
            Job("lint --commit", fleet, lint + commit),
            Job("plan, cache dropped", fleet, plan, status=2, says=CHANGED, dropped=True),
            Job("plan", fleet, plan, status=2, says=CHANGED),
        ]
        for job in turns:
            job.rounds = options.yamllint_rounds if job.name == "yamllint" else options.rounds
            if job.rounds and (drops or not job.dropped):
                yield job


def measure(options, drops):
    """Medians by (name, fleet)."""
    samples = {}
    everything = list(jobs(options, drops))
    with open(f"{options.work}/log", "w+", errors="replace") as log:
        for number in range(max(options.rounds, options.yamllint_rounds)):
            for job in everything:
                if number < job.rounds:
                    samples.setdefault((job.name, job.fleet), []).append(run(job, log))
    return {
        key: Sample(*(statistics.median(values) for values in zip(*((s.wall, s.cpu, s.megabytes) for s in found))))
        for key, found in samples.items()
    }


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---" + "|---:" * (len(header) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def report(medians):
    names = list(dict.fromkeys(name for name, _ in medians))
    layouts = list(dict.fromkeys(layout for _, (_, layout) in medians))
    for layout in layouts:
        sizes = sorted({fleet[0] for _, fleet in medians if fleet[1] == layout})
        rows = []
        for nodes in sizes:
            other = medians.get(("yamllint", (nodes, layout)))
            for name in names:
                sample = medians.get((name, (nodes, layout)))
                if sample is None:
                    continue
                ratio = f"{other.wall / sample.wall:.0f}" if other and name.startswith("lint") else ""
                rows.append([
                    f"{name}, {nodes:,} nodes", seconds(sample.wall), seconds(sample.cpu),
                    f"{sample.megabytes:.0f} MB", ratio])
        print(f"\nA file for each {layout}.\n")
        header = ["what", "wall", "CPU", "peak", "times faster than yamllint"]
        table(header, rows) if "yamllint" in names else table(header[:-1], [row[:-1] for row in rows])
        grown = [nodes for nodes in sizes if nodes != SMALL]
        if len(grown) > 1:
            print("\nGrowth: CPU per 1,000 nodes.\n")
            table(
                ["what"] + [f"{nodes:,} nodes" for nodes in grown],
                [[name] + [seconds(medians[name, (nodes, layout)].cpu * 1000 / nodes) for nodes in grown]
                 for name in names])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cvlan", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--sizes", required=True)
    parser.add_argument("--layouts", default=",".join(LAYOUTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--yamllint-rounds", type=int, default=1)
    parser.add_argument("--no-cold", action="store_true", help="do not drop the page cache")
    parser.add_argument("--json", help="write the medians there too")
    options = parser.parse_args()
    drops = not options.no_cold and drop_caches()
    print(f"{datetime.date.today()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {options.rounds}"
          f" rounds (yamllint: {options.yamllint_rounds})" + ("" if drops else "; the page cache is not dropped"))
    medians = measure(options, drops)
    report(medians)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(
                [{"what": name, "nodes": nodes, "layout": layout, **vars(sample)}
                 for (name, (nodes, layout)), sample in medians.items()], file, indent=2)


main()
