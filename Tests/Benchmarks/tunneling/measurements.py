"""The measurements, by the names that --only takes. Each notes its figures under the metric that report.py has for it."""

import time

import loads
from lab import DEVICES, TUNNEL, UNDERLAY, Failure, run
from machine import memory, settled_memory
from systems import Endpoint, PORT, at, hexadecimal

GIGABYTE = 1e9
# Of an endpoint beside the tunnel, in the same namespace.
OTHER_PORT = PORT + 1


def tcp(context, tunnel, note, streams):
    """Both directions; the costs are those of both together."""
    total, costs = 0, []
    for reverse, name in ((False, "forward"), (True, "backward")):
        rate, received, cost = loads.tcp(tunnel, streams, context.seconds, reverse)
        note(f"tcp{streams}.{name}", rate / 1e6)
        total += received
        costs.append(cost)
    gigabytes = total / GIGABYTE
    if tunnel.ends:
        note(f"tcp{streams}.sending", sum(cost.sending for cost in costs) / gigabytes)
        note(f"tcp{streams}.receiving", sum(cost.receiving for cost in costs) / gigabytes)
    note(f"tcp{streams}.machine", sum(cost.machine for cost in costs) / gigabytes)


def udp(context, tunnel, note, size):
    key = (tunnel.system.label, size, context.offloads)
    stream = loads.highest_rate(tunnel, size, context.probe_seconds, context.precision, context.hints.get(key))
    context.hints[key] = stream.rate
    note(f"udp{size}.rate", stream.rate)
    note(f"udp{size}.loss", stream.loss * 100)
    if stream.is_all_there_is:
        context.remark(f"{tunnel.system.label}: the sender of {size}-byte packets had no processor time left to send more")
    if tunnel.ends:
        note(f"udp{size}.cpu", (stream.cost.sending + stream.cost.receiving) / stream.received * 1e6)
    if stream.reordered or stream.duplicates:
        context.remark(
            f"{tunnel.system.label}: of {stream.received:,} packets of {size} bytes, {stream.reordered:,} came out of order "
            f"and {stream.duplicates:,} twice")


def rtt(context, tunnel, note):
    result = loads.round_trips(tunnel, context.pings)
    note("rtt.median", result["median"])
    note("rtt.p99", result["p99"])
    if not tunnel.ends:
        context.bare_round_trip = result["median"]
    elif context.bare_round_trip is not None:
        note("rtt.added", result["median"] - context.bare_round_trip)


def memory_under_load(context, tunnel, note):
    """Of the end that has more: before any load, the most under four TCP streams, and a second after them."""
    pids = [end.process.pid for end in tunnel.ends]
    note("memory.idle", max(memory(pid) for pid in pids) / 1e6)
    with loads.Sampler(tunnel) as sampler:
        loads.tcp(tunnel, 4, context.seconds, False)
    note("memory.loaded", sampler.most / 1e6)
    time.sleep(1)
    note("memory.after", max(memory(pid) for pid in pids) / 1e6)


def peak(context, tunnel, note):
    """After everything else of a round."""
    if tunnel.ends:
        note("memory.peak", max(memory(end.process.pid, "VmHWM") for end in tunnel.ends) / 1e6)


def handshakes(context, tunnel, note):
    """Another endpoint of the system is the responder; many peers initiate at a rate that does not put it under load.

    Counted are handshakes that the initiator could finish, per processor second of the responder: in it are taking the
    initiation, making the session, answering, and being woken for it.
    """
    responder = other_endpoint(tunnel)
    try:
        responder.configure(context.mtu, "10.215.0.1", OTHER_PORT)
        keys = run(tunnel.load_program, "keys", "--peers", str(context.initiators)).split()
        responder.tell("set=1\n" + "".join(f"public_key={key}\n" for key in keys))
        before = responder.cpu()
        child = loads.start(
            tunnel, tunnel.pair.a,
            *loads.load(
                tunnel, "handshakes", "--to", at(UNDERLAY[tunnel.pair.family][1], OTHER_PORT),
                "--responder", hexadecimal(responder.public_key), "--peers", str(context.initiators),
                "--rate", str(context.handshake_rate), "--seconds", str(context.seconds)))
        result = loads.finish(child, "cvlan-load handshakes", context.seconds + 60)
        tunnel.lab.children.remove(child)
        spent = responder.cpu() - before
    finally:
        responder.stop()
    if result["handshakes"] < result["initiations"] * 0.9:
        context.remark(
            f"{tunnel.system.label}: {result['handshakes']:,} of {result['initiations']:,} handshakes ended in a session; "
            f"{result['cookies']:,} were answered by a cookie")
    note("handshakes.rate", result["handshakes"] / max(spent, 0.01))


def other_endpoint(tunnel):
    return Endpoint(
        tunnel.lab, tunnel.system, tunnel.pair.b, f"{DEVICES}{tunnel.pair.number}c", TUNNEL[::-1], tunnel.load_program)


def peer(number):
    """What configures a peer that is never heard of: key, endpoint and one address."""
    low, middle, high = number & 255, number >> 8 & 255, number >> 16 & 255
    key = f"{number + 1:064x}"
    return (f"public_key={key}\nendpoint=192.0.2.{1 + low % 250}:{1024 + middle}\n"
            f"replace_allowed_ips=true\nallowed_ip=10.{128 + high}.{middle}.{low}/32\n")


ADDED = 200


def peers(context, tunnel, note):
    """Memory for each of many quiet peers, and how long adding one more takes, by what `wg set` sends."""
    endpoint = other_endpoint(tunnel)
    try:
        endpoint.configure(context.mtu, "10.215.0.1", OTHER_PORT)
        pid = endpoint.process.pid
        before = settled_memory(pid)
        add(endpoint, 0, context.peers)
        note("peers.memory", (settled_memory(pid) - before) / context.peers)
        many = min(context.many_peers, tunnel.system.most_peers)
        if many < context.many_peers:
            context.remark(f"{tunnel.system.label}: takes no more than 65,536 peers; measured with {many:,}")
        started = time.monotonic()
        add(endpoint, context.peers, many)
        if many > context.peers:
            note("peers.bulk", (time.monotonic() - started) / (many - context.peers) * 1e6)
        times = []
        for number in range(many, many + ADDED):
            started = time.monotonic()
            endpoint.tell("set=1\n" + peer(number))
            times.append((time.monotonic() - started) * 1e6)
        note("peers.add", sorted(times)[len(times) // 2])
        note("peers.slowest", max(times))
    finally:
        endpoint.stop()


def add(endpoint, first, last):
    endpoint.tell("set=1\n" + "".join(peer(number) for number in range(first, last)))


# In this order in a round: what is to be idle comes first, and what leaves memory behind last.
MEASUREMENTS = {
    "memory": memory_under_load,
    "rtt": rtt,
    "tcp1": lambda *arguments: tcp(*arguments, streams=1),
    "tcp4": lambda *arguments: tcp(*arguments, streams=4),
    "udp64": lambda *arguments: udp(*arguments, size=64),
    "udp1200": lambda *arguments: udp(*arguments, size=1200),
    "handshakes": handshakes,
    "peers": peers,
}
# These are of tunnels alone, and do not depend on the underlay's offloads.
ONCE = ["memory", "handshakes", "peers"]


def measure(name, context, tunnel, note):
    try:
        MEASUREMENTS[name](context, tunnel, note)
        tunnel.check()
    except (Failure, OSError) as failure:
        context.fail(f"{tunnel.system.label}, {name}: {failure}")
