"""strongSwan's charon with ESP in user space (its plugin kernel-libipsec), as one end of a tunnel."""

import os
import shutil

from lab import DIRECTORIES, Failure, inside, run, wait_for
from machine import processor_seconds

# What both ends know, and the suite that cvland's ESP has here.
SECRET = "for a benchmark"
IKE, ESP = "aes256gcm16-prfsha384-x25519", "aes256gcm16"
PLUGINS = "random nonce pem pkcs1 x509 constraints pubkey openssl kdf kernel-libipsec kernel-netlink socket-default vici"
# It makes one, of this name in every namespace.
INTERFACE = "ipsec0"
# Longer packets it reads in part.
MOST = 1400
# Longer packets it reads in part.
LARGEST_MTU = 1400


class Charon:
    """Has what an `Endpoint` has, as far as measurements of traffic go."""

    def __init__(self, lab, system, namespace, members, begins, remote):
        self.lab, self.namespace, self.interface, self.begins = lab, namespace, INTERFACE, begins
        self.directory = f"{DIRECTORIES}{namespace}"
        os.mkdir(self.directory, 0o700)
        self.socket = f"{self.directory}/vici"
        self.environment = {
            "STRONGSWAN_CONF": f"{self.directory}/strongswan.conf", "SWANCTL_DIR": self.directory}
        # A copy: a profile of AppArmor, which goes by a program's path, would keep it from these files.
        program = shutil.copy(system.path, self.directory)
        self.write("strongswan.conf", f"""
            charon-systemd {{
                piddir = {self.directory}
                load_modular = no
                load = {PLUGINS}
                journal {{
                    default = -1
                }}
                plugins {{
                    vici {{
                        socket = unix://{self.socket}
                    }}
                }}
            }}""")
        self.write("swanctl.conf", f"""
            connections {{
                tunnel {{
                    version = 2
                    encap = yes
                    remote_addrs = {remote}
                    proposals = {IKE}
                    local {{
                        auth = psk
                        id = {members[0]}
                    }}
                    remote {{
                        auth = psk
                        id = {members[1]}
                    }}
                    children {{
                        tunnel {{
                            local_ts = {members[0]}/32
                            remote_ts = {members[1]}/32
                            esp_proposals = {ESP}
                        }}
                    }}
                }}
            }}
            secrets {{
                ike {{
                    secret = "{SECRET}"
                }}
            }}""")
        # It takes packets that come from an address the machine has already.
        run("ip", "-n", namespace, "addr", "add", f"{members[0]}/32", "dev", "lo")
        self.process = lab.start(namespace, program, environment=self.environment)
        try:
            wait_for(f"{system.label}: its control socket", self.answers, 10)
            self.tell("--load-all")
        except Failure:
            self.stop()
            raise

    def write(self, name, text):
        with open(f"{self.directory}/{name}", "w") as file:
            file.write(text)

    def tell(self, *command):
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        return run(*inside(self.namespace, "env", *variables, "swanctl", *command, "--uri", f"unix://{self.socket}"))

    def answers(self):
        try:
            self.tell("--stats")
        except Failure:
            self.is_up()
            return False
        return True

    def is_up(self):
        if self.process.poll() is not None:
            raise Failure(f"{' '.join(self.process.args)}: ended with {self.process.returncode}")
        return os.path.exists(self.socket)

    def configure(self, mtu):
        """When both ends are there."""
        run("ip", "-n", self.namespace, "link", "set", self.interface, "mtu", str(min(mtu, LARGEST_MTU)))
        if self.begins:
            self.tell("--initiate", "--child", "tunnel", "--timeout", "10")

    def cpu(self):
        return processor_seconds(self.process.pid)

    def stop(self):
        self.lab.stop(self.process)
        shutil.rmtree(self.directory, ignore_errors=True)
