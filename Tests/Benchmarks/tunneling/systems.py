"""What is measured: tunnels by userspace programs, and the bare cable between the namespaces as the limit."""

import base64
import os
import socket
from dataclasses import dataclass

from lab import DEVICES, SOCKETS, TUNNEL, Failure, inside, run, wait_for
from machine import processor_seconds
from strongswan import Charon

PORT = 51820
CONTROL_PORT = 5201


@dataclass
class System:
    """A program that makes a WireGuard interface, or an IPsec tunnel; without a program, no tunnel at all."""

    label: str
    path: str | None = None
    # How it is told to stay in the foreground and be an interface of the name that follows.
    arguments: tuple = ()
    # More peers than this it does not take.
    most_peers: int = 1 << 30
    # In force on its interface, which is then made over a control socket.
    rules: int = 0
    # By IPsec instead of WireGuard: its peer is told over a control socket too.
    by_ipsec: bool = False
    # Another's IPsec, which `Charon` starts and configures.
    is_strongswan: bool = False

    is_ours: bool = False

    @property
    def is_tunnel(self):
        return self.path is not None

    def has(self, measurement):
        """Handshakes and peers are measured of WireGuard alone."""
        return not ((self.by_ipsec or self.is_strongswan) and measurement in ("handshakes", "peers"))

    @property
    def is_managed(self):
        return self.rules > 0 or self.by_ipsec


def cvland(label, path):
    return System(label, path, ("--foreground", "--wireguard"), is_ours=True)


def cvland_with_policy(label, path, rules):
    return System(f"{label}, {rules:,} rules", path, ("--socket",), rules=rules, is_ours=True)


def cvland_by_ipsec(label, path):
    return System(f"{label}, ESP", path, ("--socket",), by_ipsec=True, is_ours=True)


def strongswan(label, path):
    return System(label, path, is_strongswan=True)


def wireguard_go(label, path):
    # MaxPeers in its device/constants.go is 65,536.
    return System(label, path, ("-f",), 65_000)


def hexadecimal(key):
    return base64.b64decode(key).hex()


class Endpoint:
    """One end of a tunnel: a process of the system, and its interface."""

    def __init__(self, lab, system, namespace, interface, members, load_program, peer=()):
        self.lab, self.namespace, self.interface = lab, namespace, interface
        self.socket = f"{SOCKETS}/{interface}.sock"
        control = f"{SOCKETS}/{interface}.control"
        self.process = lab.start(
            namespace, system.path, *system.arguments, control if system.is_managed else interface,
            environment={"LOG_LEVEL": "error"})
        try:
            if system.is_managed:
                wait_for(f"{system.label}: its control socket", lambda: self.is_up(control), 10)
            if system.by_ipsec:
                run(load_program, "ipsec", "--socket", control, "--interface", interface,
                    *(f"--behind={address}/32" for address in members), *peer)
            if system.rules:
                run(load_program, "policy", "--socket", control, "--interface", interface, "--rules", str(system.rules),
                    *(f"--members={address}/32" for address in members))
            wait_for(f"{system.label}: its socket", self.is_up, 10)
        except Failure:
            self.stop()
            raise
        self.private_key = run("wg", "genkey").strip()
        self.public_key = run("wg", "pubkey", stdin=self.private_key).strip()

    def is_up(self, socket_path=None):
        if self.process.poll() is not None:
            raise Failure(f"{' '.join(self.process.args)}: ended with {self.process.returncode}")
        return os.path.exists(socket_path or self.socket)

    def tell(self, text):
        """One request in the language of wg's sockets; what it answered, without the error number."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(300)
            connection.connect(self.socket)
            connection.sendall(text.encode() + b"\n")
            answer = b""
            while not answer.endswith(b"\n\n"):
                more = connection.recv(1 << 20)
                if not more:
                    break
                answer += more
        lines = answer.decode().split()
        if "errno=0" not in lines:
            raise Failure(f"{self.interface}: {lines[-1:]} as the answer to {text[:80]!r}")
        return lines

    def configure(self, mtu, address, port, *peers):
        """With wg, and ip: peers are (public key, allowed IPs, endpoint)."""
        lines = ["[Interface]", f"PrivateKey = {self.private_key}", f"ListenPort = {port}"]
        for key, allowed, endpoint in peers:
            lines += ["[Peer]", f"PublicKey = {key}", f"AllowedIPs = {allowed}", f"Endpoint = {endpoint}"]
        run(*inside(self.namespace, "wg", "setconf", self.interface, "/dev/stdin"), stdin="\n".join(lines) + "\n")
        run("ip", "-n", self.namespace, "addr", "add", f"{address}/24", "dev", self.interface)
        run("ip", "-n", self.namespace, "link", "set", self.interface, "mtu", str(mtu), "up")

    def cpu(self):
        return processor_seconds(self.process.pid)

    def stop(self):
        self.lab.stop(self.process)


class Tunnel:
    """Two endpoints of a system in a pair of namespaces, and servers for the loads in `b`."""

    def __init__(self, lab, system, pair, mtu, load_program):
        self.lab, self.system, self.pair, self.load_program = lab, system, pair, load_program
        self.ends = []
        if system.is_strongswan:
            self.addresses = TUNNEL
            self.ends = [
                Charon(lab, system, pair.a, TUNNEL, True, pair.underlay[1]),
                Charon(lab, system, pair.b, TUNNEL[::-1], False, pair.underlay[0])]
            for end in self.ends[::-1]:
                end.configure(mtu)
        elif system.is_tunnel:
            self.addresses = TUNNEL
            self.ends = [
                Endpoint(lab, system, namespace, f"{DEVICES}{pair.number}{side}", members, load_program, peer)
                for namespace, side, members, peer in (
                    (pair.a, "a", TUNNEL, ("--begin", "--remote", pair.underlay[1])),
                    (pair.b, "b", TUNNEL[::-1], ("--remote", pair.underlay[0])))]
            for index, end in enumerate(self.ends):
                other = self.ends[1 - index]
                end.configure(mtu, TUNNEL[index], PORT, *([] if system.by_ipsec else [
                    (other.public_key, f"{TUNNEL[1 - index]}/32", at(pair.underlay[1 - index], PORT))]))
        else:
            self.addresses = pair.underlay
        wait_for(f"{system.label}: an answer to ping through it", self.passes, 10)
        self.iperf = lab.start(pair.b, "iperf3", "-s", "-B", self.addresses[1])
        wait_for("iperf3", self.listens, 10)

    def passes(self):
        command = inside(self.pair.a, "ping", "-q", "-c", "1", "-W", "1", self.addresses[1])
        try:
            run(*command)
        except Failure:
            return False
        return True

    def listens(self):
        listening = f":{CONTROL_PORT:04X}"
        for name in ("tcp", "tcp6"):
            with open(f"/proc/{self.iperf.pid}/net/{name}") as file:
                for line in file.readlines()[1:]:
                    fields = line.split()
                    if fields[1].endswith(listening) and fields[3] == "0A":
                        return True
        return False

    def check(self):
        for end in self.ends:
            end.is_up()

    def stop(self):
        for end in self.ends:
            end.stop()
        self.lab.stop(self.iperf)


def at(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
