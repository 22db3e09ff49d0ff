"""The table: a row for each figure, a column for each system, and ratios."""

import statistics
from dataclasses import dataclass


@dataclass
class Metric:
    title: str
    digits: int = 0


def directions(streams):
    name = "1 TCP stream" if streams == 1 else f"{streams} TCP streams"
    return {
        f"tcp{streams}.forward": Metric(f"{name}, Mbit/s"),
        f"tcp{streams}.backward": Metric(f"{name}, the other way, Mbit/s"),
        f"tcp{streams}.sending": Metric(f"{name}: CPU s per GB of the sending end", 2),
        f"tcp{streams}.receiving": Metric(f"{name}: CPU s per GB of the receiving end", 2),
        f"tcp{streams}.machine": Metric(f"{name}: CPU s per GB of the whole machine", 2),
    }


def packets(size):
    return {
        f"udp{size}.rate": Metric(f"UDP, {size:,} bytes: packets/s out of the tunnel"),
        f"udp{size}.loss": Metric(f"UDP, {size:,} bytes: loss at that rate, %", 2),
        f"udp{size}.cpu": Metric(f"UDP, {size:,} bytes: CPU us per packet of both ends", 1),
    }


METRICS = {
    **directions(1), **directions(4), **packets(64), **packets(1200),
    "rtt.median": Metric("round trip, median, us", 1),
    "rtt.p99": Metric("round trip, p99, us", 1),
    "rtt.added": Metric("round trip, added to the bare cable's, us", 1),
    "memory.idle": Metric("memory idle, MB", 1),
    "memory.loaded": Metric("memory under 4 TCP streams, MB", 1),
    "memory.after": Metric("memory a second later, MB", 1),
    "memory.peak": Metric("memory, peak of the round, MB", 1),
    "handshakes.rate": Metric("handshakes per CPU second of the responder"),
    "peers.memory": Metric("memory of a quiet peer, bytes"),
    "peers.add": Metric("adding one peer among many, us"),
    "peers.slowest": Metric("the slowest of 200 such, us"),
    "peers.bulk": Metric("adding many at once, us each", 1),
}


class Results:
    """Samples by mode, metric and label of a system; one of each round."""

    def __init__(self):
        self.samples = {}

    def note(self, mode, metric, label, value):
        self.samples.setdefault(mode, {}).setdefault(metric, {}).setdefault(label, []).append(value)

    def rows(self, mode):
        found = self.samples.get(mode, {})
        return [(metric, found[metric]) for metric in METRICS if metric in found]


def cell(values, digits):
    if not values:
        return "–"
    text = f"{statistics.median(values):,.{digits}f}"
    if len(values) > 1:
        text += f" ({min(values):,.{digits}f}–{max(values):,.{digits}f})"
    return text


def ratio(values, others):
    if not values or not others:
        return ""
    base = statistics.median(others)
    if abs(base) < 1e-9:
        return ""
    return f"{statistics.median(values) / base:.2f}"


def table(results, mode, systems, ratios):
    """Aligned, so that it can be read as it is, and pasted as markdown."""
    header = ["", *(system.label for system in systems), *(f"{a} / {b}" for a, b in ratios)]
    lines = [header]
    for metric, samples in results.rows(mode):
        digits = METRICS[metric].digits
        lines.append([
            METRICS[metric].title,
            *(cell(samples.get(system.label), digits) for system in systems),
            *("" if metric.endswith(".loss") else ratio(samples.get(a), samples.get(b)) for a, b in ratios)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def text(line):
        cells = [line[0].ljust(widths[0])] + [value.rjust(width) for value, width in zip(line[1:], widths[1:])]
        return "| " + " | ".join(cells) + " |"

    rule = "|" + "-" * (widths[0] + 2) + "".join("|" + "-" * (width + 1) + ":" for width in widths[1:]) + "|"
    return "\n".join([text(lines[0]), rule, *(text(line) for line in lines[1:])])


def as_json(results, about):
    return {
        **about,
        "figures": [
            {"mode": mode, "metric": metric, "what": METRICS[metric].title, "system": label,
             "median": statistics.median(values), "samples": values}
            for mode in results.samples for metric, systems in results.rows(mode)
            for label, values in systems.items()],
    }
