"""What /proc tells: processor time and memory of processes, and whether others use the machine at the same time."""

import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


def stat(pid):
    """The fields of /proc/PID/stat after the name, from `state` on."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def processor_seconds(pid):
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid, name="VmRSS"):
    """Bytes."""
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    return 0


def settled_memory(pid, seconds=10.0):
    """VmRSS when it has not changed by more than a hundredth for a second."""
    deadline = time.monotonic() + seconds
    last, since = memory(pid), time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - since < 1:
        time.sleep(0.1)
        now = memory(pid)
        if abs(now - last) > last / 100:
            last, since = now, time.monotonic()
    return memory(pid)


def busy_seconds():
    """Of all cores, since boot: everything but idle, waiting for disks and what the hypervisor took."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq = (int(field) for field in file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS


def stolen_seconds():
    with open("/proc/stat") as file:
        return int(file.readline().split()[8]) / TICKS


class Others:
    """Processor time of processes that this run did not start, while it measures."""

    def __init__(self):
        self.started, self.before, self.stolen = time.monotonic(), self.times(), stolen_seconds()

    @staticmethod
    def times():
        """By process, with that of its children that have ended; not the kernel's, and not ours."""
        found, parents = {}, {}
        for name in os.listdir("/proc"):
            if not name.isdigit():
                continue
            try:
                fields = stat(name)
            except OSError:
                continue
            parents[int(name)] = int(fields[1])
            found[int(name)] = sum(int(field) for field in fields[11:15]) / TICKS
        ours = {os.getpid()}
        # Parents have smaller numbers than their children, until the numbers begin anew.
        for pid in sorted(parents):
            if parents[pid] in ours:
                ours.add(pid)
        kernel = 2
        # Process 1 and our own parents get our time when we end, not before.
        return {pid: value for pid, value in found.items() if pid not in ours and kernel not in (pid, parents[pid])}

    def share(self):
        """How many cores others have used since, and the hypervisor for other machines."""
        elapsed = max(time.monotonic() - self.started, 1e-3)
        # What a process had used passes to its parent when it ends: only the sum says what was used since.
        used = max(0.0, sum(self.times().values()) - sum(self.before.values()))
        return used / elapsed, (stolen_seconds() - self.stolen) / elapsed
