"""Namespaces and processes: made by name, and gone at the end of a run however it ends."""

import ctypes
import fcntl
import glob
import os
import shutil
import signal
import subprocess
import sys
import time

# Of every namespace and interface that a run makes. What has it at the start was left behind by one that was killed.
PREFIX = "cvbench"
DEVICES = "cvb"
SOCKETS = "/var/run/wireguard"
# Of programs that need files.
DIRECTORIES = f"/tmp/{DEVICES}-"

UNDERLAY = {"v4": ("10.213.0.1", "10.213.0.2", 24), "v6": ("fd00:213::1", "fd00:213::2", 64)}
# IPv4 in the tunnel: what the measurements speak.
TUNNEL = ("10.214.0.1", "10.214.0.2")


class Failure(Exception):
    """Something that a run cannot do, or that a system did not."""


def run(*command, stdin=None):
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}: ended with {done.returncode}: {done.stdout[-500:].strip()}")
    return done.stdout


def inside(namespace, *command):
    return ["ip", "netns", "exec", namespace, *command]


def wait_for(what, condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.01)


def die_with_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Lab:
    """All that a run has started and made. Only one runs at a time: they would measure each other."""

    def __init__(self, log):
        self.log = open(log, "a")
        self.children = []
        self.lock = open(f"/run/{PREFIX}.lock", "w")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit("another run of this benchmark is under way")
        remove_leftovers()

    def start(self, namespace, *command, environment=None, output=None):
        """Runs a command in a namespace; the process id is the command's own."""
        child = subprocess.Popen(
            inside(namespace, *command), stdin=subprocess.DEVNULL, stdout=output or self.log, stderr=self.log,
            env={**os.environ, **(environment or {})}, text=True, preexec_fn=die_with_parent)
        self.children.append(child)
        return child

    def stop(self, child):
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        self.children.remove(child)

    def close(self):
        for child in list(self.children):
            self.stop(child)
        remove_leftovers()


def remove_leftovers():
    names = [line.split()[0] for line in run("ip", "netns", "list").splitlines() if line.startswith(PREFIX)]
    for name in names:
        for pid in run("ip", "netns", "pids", name).split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        run("ip", "netns", "del", name)
    for path in glob.glob(f"{SOCKETS}/{DEVICES}[0-9]*.sock"):
        os.unlink(path)
    for path in glob.glob(f"{DIRECTORIES}*"):
        shutil.rmtree(path)


# Of a veth.
LARGEST_MTU = 65535
# Less an IPv6 header of the underlay, UDP's and WireGuard's.
LARGEST_TUNNEL_MTU = LARGEST_MTU - 80


class Pair:
    """Two namespaces, `a` and `b`, joined by a cable."""

    # What makes one packet of many, or carries it on as one, as a real network card might not.
    OFFLOADS = ["tso", "gso", "gro", "tx-udp-segmentation", "rx-udp-gro-forwarding"]

    def __init__(self, number, family, mtu):
        self.number = number
        self.family = family
        self.a, self.b = (f"{PREFIX}-{number}{side}" for side in "ab")
        devices = [f"{DEVICES}{number}v{side}" for side in "ab"]
        for namespace in (self.a, self.b):
            run("ip", "netns", "add", namespace)
        run("ip", "link", "add", devices[0], "netns", self.a, "type", "veth", "peer", "name", devices[1],
            "netns", self.b)
        self.cable = list(zip((self.a, self.b), devices))
        for (namespace, device), index in zip(self.cable, range(2)):
            for name, addresses in UNDERLAY.items():
                run("ip", "-n", namespace, "addr", "add", f"{addresses[index]}/{addresses[2]}", "dev", device,
                    *(["nodad"] if name == "v6" else []))
            run("ip", "-n", namespace, "link", "set", "lo", "up")
            run("ip", "-n", namespace, "link", "set", device, "mtu", str(max(1500, mtu + 80)), "up")
        # As the kernel made it, to go back to.
        self.defaults = {device: self.features(namespace, device) for namespace, device in self.cable}
        self.underlay = UNDERLAY[family][:2]

    def features(self, namespace, device):
        names = {"tso": "tcp-segmentation-offload", "gso": "generic-segmentation-offload",
                 "gro": "generic-receive-offload", "tx-udp-segmentation": "tx-udp-segmentation",
                 "rx-udp-gro-forwarding": "rx-udp-gro-forwarding"}
        states = dict(
            line.split(":")[:2] for line in run(*inside(namespace, "ethtool", "-k", device)).splitlines() if ":" in line)
        return {short: "on" if states.get(name, states.get("\t" + name, "")).strip().startswith("on") else "off"
                for short, name in names.items()}

    def set_offloads(self, on):
        for namespace, device in self.cable:
            wanted = self.defaults[device] if on else {name: "off" for name in self.OFFLOADS}
            for name in self.OFFLOADS:
                run(*inside(namespace, "ethtool", "-K", device, name, wanted[name]))
