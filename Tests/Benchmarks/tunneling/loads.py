"""Traffic through a tunnel, and what its two processes and the machine paid for it."""

import json
import subprocess
import threading
from dataclasses import dataclass

from lab import Failure, inside
from machine import busy_seconds, memory
from systems import at

LOAD_PORT = 9000


@dataclass
class Cost:
    """Processor seconds: of the end that sends, of the one that receives, and of everything on the machine."""

    sending: float
    receiving: float
    machine: float


class Meter:
    """Around a load."""

    def __init__(self, tunnel, reverse=False):
        self.tunnel, self.reverse = tunnel, reverse

    def __enter__(self):
        self.before = self.read()
        return self

    def __exit__(self, *_):
        ends = [after - before for after, before in zip(self.read(), self.before)]
        machine = ends.pop()
        if not ends:
            self.cost = Cost(0, 0, machine)
        else:
            self.cost = Cost(*(reversed(ends) if self.reverse else ends), machine)

    def read(self):
        return [end.cpu() for end in self.tunnel.ends] + [busy_seconds()]


class Sampler(threading.Thread):
    """The most memory that an end of a tunnel has while it works."""

    def __init__(self, tunnel):
        super().__init__(daemon=True)
        self.pids = [end.process.pid for end in tunnel.ends]
        self.most = 0
        self.done = threading.Event()

    def run(self):
        while not self.done.wait(0.1):
            self.most = max(self.most, *(memory(pid) for pid in self.pids))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()


def finish(child, what, seconds):
    """The JSON that a load ends with."""
    try:
        output, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        raise Failure(f"{what}: not done after {seconds:.0f} s") from None
    try:
        # iperf3 prints one object over many lines, and cvlan-load `ready` before it.
        return json.loads(output[output.index("{"):])
    except ValueError:
        raise Failure(f"{what}: ended with {child.returncode}, {output[-200:]!r}") from None


def start(tunnel, namespace, *command):
    return tunnel.lab.start(namespace, *command, output=subprocess.PIPE)


def tcp(tunnel, streams, seconds, reverse):
    """Bits a second and bytes that arrived, and what they cost."""
    # iperf3 knows whole seconds only, and takes 0 for no end.
    seconds = max(1, round(seconds))
    with Meter(tunnel, reverse) as meter:
        child = start(
            tunnel, tunnel.pair.a, "iperf3", "-c", tunnel.addresses[1], "-C", "cubic", "-t", str(seconds),
            "-P", str(streams), "-J", *(["-R"] if reverse else []))
        result = finish(child, "iperf3", seconds + 20)
    tunnel.lab.children.remove(child)
    if "error" in result:
        raise Failure(f"iperf3: {result['error']}")
    received = result["end"]["sum_received"]
    return received["bits_per_second"], received["bytes"], meter.cost


def load(tunnel, name, *arguments):
    return [tunnel.load_program, name, *arguments]


def ready(child):
    if child.stdout.readline() != "ready\n":
        raise Failure("cvlan-load: did not start")


def udp(tunnel, size, rate, seconds):
    """What arrived of a steady stream from `a` to `b`."""
    target = at(tunnel.addresses[1], LOAD_PORT)
    receiver = start(tunnel, tunnel.pair.b, *load(tunnel, "receive", "--at", target))
    ready(receiver)
    with Meter(tunnel) as meter:
        sender = start(
            tunnel, tunnel.pair.a,
            *load(tunnel, "send", "--to", target, "--rate", str(rate), "--size", str(size), "--seconds", str(seconds)))
        sent = finish(sender, "cvlan-load send", seconds + 20)
        received = finish(receiver, "cvlan-load receive", 20)
    for child in (sender, receiver):
        tunnel.lab.children.remove(child)
    return Stream(sent["sent"], sent["sent"] / sent["seconds"], received["received"], received["rate"],
                  received["reordered"], received["duplicates"], meter.cost)


@dataclass
class Stream:
    sent: int
    # Packets a second.
    sending_rate: float
    received: int
    rate: float
    reordered: int
    duplicates: int
    cost: Cost
    # There was no processor time left to send more.
    is_all_there_is: bool = False

    @property
    def loss(self):
        return 1 - self.received / self.sent if self.sent else 1.0


MOST_LOSS = 0.01
# A rate has failed when it has so often in a row: what others do for a moment costs packets.
ATTEMPTS = 3


def highest_rate(tunnel, size, seconds, precision, hint=None):
    """The stream with the most packets out of the tunnel, of those that lose at most a hundredth. The search ends when
    the rates that pass and do not are as close as the precision, a factor."""
    best, low, high = None, 0.0, None
    rate = hint * 0.9 if hint else 20_000.0
    growth = 1.2 if hint else 2.0
    while high is None or high / max(low, 1) > precision:
        for _ in range(ATTEMPTS):
            stream = udp(tunnel, size, rate, seconds)
            if stream.loss <= MOST_LOSS:
                break
        if stream.loss <= MOST_LOSS:
            grows = best is None or stream.rate > best.rate * precision
            best = stream if best is None or stream.rate > best.rate else best
            low = rate
            if stream.sending_rate < rate / precision and not grows:
                best.is_all_there_is = True
                break
        else:
            high = rate
            if rate < 100:
                raise Failure(f"more than 1 % of {size}-byte packets are lost at any rate")
        if high is None:
            rate *= growth
        elif low == 0:
            rate /= 2
        else:
            rate = (low * high) ** 0.5
    return best


def round_trips(tunnel, count):
    """Quantiles in microseconds, one datagram at a time."""
    target = at(tunnel.addresses[1], LOAD_PORT)
    echo = start(tunnel, tunnel.pair.b, *load(tunnel, "echo", "--at", target))
    ready(echo)
    ping = start(tunnel, tunnel.pair.a, *load(tunnel, "ping", "--to", target, "--count", str(count)))
    try:
        result = finish(ping, "cvlan-load ping", 20 + count * 0.25)
    finally:
        tunnel.lab.stop(echo)
        tunnel.lab.children.remove(ping)
    if result["lost"] * 100 > count:
        raise Failure(f"{result['lost']} of {count} round trips had no end")
    return result


