"""Measures userspace WireGuard between two network namespaces: see Tests/Benchmarks/tunnel."""

import argparse
import datetime
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys

from lab import LARGEST_TUNNEL_MTU, Failure, Lab, Pair
from machine import Others
from measurements import MEASUREMENTS, ONCE, measure, peak
from report import Results, as_json, table
from systems import System, Tunnel, cvland, cvland_by_ipsec, cvland_with_policy, strongswan, wireguard_go

# Of a core, by others: more than this and the figures say as much about them.
QUIET = 0.1


def systems(options):
    """In the order in which they take turns, the bare cable first."""
    found = [System("cable")]
    for number, text in enumerate(options.cvland):
        label, separator, path = text.rpartition("=")
        label = label if separator else "cvland" + (f" {number + 1}" if number else "")
        found.append(cvland(label, path))
        if options.esp:
            found.append(cvland_by_ipsec(label, path))
        if options.rules:
            found.append(cvland_with_policy(label, path, options.rules))
    if options.esp:
        path = shutil.which("charon-systemd") or sys.exit("there is no charon-systemd: .ci/setup benchmarks")
        found.append(strongswan("strongSwan, ESP", path))
    newer = os.environ.get("WIREGUARD_GO")
    if newer:
        found.append(wireguard_go("wg-go " + version(newer), newer))
    if not options.no_debian:
        path = shutil.which("wireguard-go") or sys.exit("there is no wireguard-go: .ci/setup benchmarks")
        found.append(wireguard_go("wg-go " + version(path), path))
    if len({system.label for system in found}) != len(found):
        sys.exit("two systems have the same name: --cvland LABEL=PATH")
    return found


def version(path):
    # wireguard-go v0.0.20250522 …
    return subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True).stdout.split()[1].rpartition(".")[2]


class Context:
    """What measurements need to know, and whom they tell what went wrong."""

    def __init__(self, options):
        self.seconds, self.mtu = options.seconds, options.mtu
        self.precision = options.precision
        self.probe_seconds = options.probe_seconds or max(0.3, options.seconds / 4)
        self.peers, self.many_peers = options.peers, options.many_peers
        self.initiators, self.handshake_rate = options.initiators, options.handshake_rate
        self.pings = options.pings
        self.offloads = "on"
        self.hints = {}
        self.bare_round_trip = None
        self.remarks, self.failures = [], []
        # What it was, cores that other processes took meanwhile, and the hypervisor.
        self.others = []

    def remark(self, text):
        if text not in self.remarks:
            self.remarks.append(text)

    def fail(self, text):
        print(f"FAILED: {text}", file=sys.stderr, flush=True)
        self.failures.append(text)


def one_round(lab, context, options, taking_part, results):
    pairs = [Pair(number, options.underlay, options.mtu) for number in range(len(taking_part))]
    tunnels = []
    for system, pair in zip(taking_part, pairs):
        try:
            tunnels.append(Tunnel(lab, system, pair, options.mtu, options.load))
        except Failure as failure:
            context.fail(f"{system.label}: {failure}")
    chosen = [name for name in MEASUREMENTS if name in options.only]
    for context.offloads in options.offloads:
        for pair in pairs:
            pair.set_offloads(context.offloads == "on")
        for name in chosen:
            if name in ONCE and context.offloads != options.offloads[0]:
                continue
            for tunnel in tunnels:
                if name in ONCE and not (tunnel.ends and tunnel.system.has(name)):
                    continue
                take_turn(name, context, tunnel, results)
    if "memory" in chosen:
        for tunnel in tunnels:
            peak(context, tunnel, noter(context, tunnel, results, options.offloads[0]))
    for tunnel in tunnels:
        tunnel.stop()


def noter(context, tunnel, results, mode=None):
    return lambda metric, value: results.note(mode or context.offloads, metric, tunnel.system.label, value)


def take_turn(name, context, tunnel, results):
    others = Others()
    measure(name, context, tunnel, noter(context, tunnel, results))
    context.others.append((f"{tunnel.system.label} did {name}", *others.share()))
    print(f"{datetime.datetime.now():%H:%M:%S} {name}, offloads {context.offloads}: {tunnel.system.label}",
          file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, prog="tunnel")
    parser.add_argument("--load", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--log", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cvland", action="append", default=[], metavar="[LABEL=]PATH",
                        help="a build of cvland, instead of this tree's; several are compared with each other")
    parser.add_argument("--rules", type=int, default=0, help="measure cvland with a policy of so many rules in force too")
    parser.add_argument("--esp", action="store_true", help="measure IPsec too, cvland's and strongSwan's in user space, with AES-256-GCM")
    parser.add_argument("--no-debian", action="store_true", help="leave Debian's wireguard-go out")
    parser.add_argument("--only", default=",".join(MEASUREMENTS), help="a list of %(default)s")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load")
    parser.add_argument("--probe-seconds", type=float, help="of each step of the search for a packet rate; a quarter of that")
    parser.add_argument("--precision", type=float, default=1.05, help="of packet rates, a factor")
    parser.add_argument("--offloads", default="on", choices=["on", "off", "both"], help="of the underlay")
    parser.add_argument("--underlay", default="v4", choices=["v4", "v6"])
    parser.add_argument("--mtu", type=int, default=1420, help="of the tunnel; the underlay has 80 more, and 1500 at least")
    parser.add_argument("--pings", type=int, default=1000)
    parser.add_argument("--peers", type=int, default=10_000, help="quiet peers, for the memory of each")
    parser.add_argument("--many-peers", type=int, default=100_000, help="peers among which one more is added")
    parser.add_argument("--initiators", type=int, default=1000, help="peers that do handshakes")
    parser.add_argument("--handshake-rate", type=float, default=500.0, help="handshakes a second of all of them")
    parser.add_argument("--json", help="write all samples there too")
    parser.add_argument("--quick", action="store_true", help="does it still run? One short round of everything")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.probe_seconds, options.precision = 1, 1.0, 0.2, 1.5
        options.pings, options.peers, options.many_peers, options.initiators = 100, 500, 1000, 100
    if not 576 <= options.mtu <= LARGEST_TUNNEL_MTU:
        parser.error(f"--mtu is from 576 to {LARGEST_TUNNEL_MTU}: a datagram of the underlay carries no more")
    options.only = options.only.split(",")
    unknown = [name for name in options.only if name not in MEASUREMENTS]
    if unknown:
        parser.error(f"--only: there is no {', '.join(unknown)}")
    options.offloads = ["on", "off"] if options.offloads == "both" else [options.offloads]
    return options


def main():
    options = parse()
    # The end of the program, and not of Python, so that what was set up is taken down.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    taking_part = systems(options)
    context, results = Context(options), Results()
    about = {
        "date": str(datetime.date.today()), "cores": os.cpu_count(), "kernel": platform.release(),
        "rounds": options.rounds, "seconds": options.seconds, "mtu": options.mtu, "underlay": options.underlay,
        "command": " ".join(sys.argv[1:]), "load": os.getloadavg()[0],
    }
    lab = Lab(options.log)
    try:
        for _ in range(options.rounds):
            one_round(lab, context, options, taking_part, results)
            lab.close()
    finally:
        lab.close()
    show(options, about, taking_part, context, results)
    sys.exit(1 if context.failures else 0)


def quietness(turns):
    worst = max(turns, key=lambda turn: turn[1] + turn[2])
    noisy = [turn for turn in turns if turn[1] + turn[2] > QUIET]
    if not noisy:
        return f"The machine was quiet: others took {worst[1] + worst[2]:.2f} of a core at most."
    usual = statistics.median(used + stolen for _, used, stolen in turns)
    return (f"NOT QUIET in {len(noisy)} of {len(turns)} turns: others took {usual:.2f} of a core in the median, and"
            f" {worst[1]:.2f} (the hypervisor {worst[2]:.2f}) when {worst[0]}.")


def show(options, about, taking_part, context, results):
    print(f"{about['date']}, {about['cores']} cores, Linux {about['kernel']}, load {about['load']:.1f} at the start; medians"
          f" (and extremes) of {options.rounds} rounds of {options.seconds:g} s, MTU {options.mtu}, underlay"
          f" IP{options.underlay}")
    ours = [system.label for system in taking_part if system.is_ours]
    peers = [system.label for system in taking_part if system.is_tunnel and system.label not in ours]
    ratios = [(label, ours[0]) for label in ours[1:]] + [(label, peer) for label in ours for peer in peers]
    for mode in options.offloads:
        print(f"\nUnderlay offloads {mode}.\n")
        print(table(results, mode, taking_part, ratios))
    notes = [quietness(context.others)] + context.remarks + [f"FAILED: {text}" for text in context.failures]
    print("\n" + "\n".join(f"- {text}" for text in notes))
    if options.json:
        with open(options.json, "w") as file:
            json.dump({**as_json(results, about), "remarks": context.remarks, "others": context.others, "failures": context.failures}, file, indent=2)


main()
