"""Counts what lint does on the shapes of hostile.py: see Tests/Benchmarks/linear."""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

import hostile

# Four times the input may take six times the instructions: sorting takes somewhat more than linear, and a larger file
# than fits into a cache costs no instruction. What is quadratic takes sixteen.
FACTOR, MOST = 4, 6.0


def instructions(program, path):
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, path],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
        timeout=900)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not counted:
        raise RuntimeError(f"ended with {run.returncode}: {run.stderr[-1000:]}")
    return int(counted[1])


def measure(program, folder, shape, size):
    path = f"{folder}/{shape.__name__}-{size}"
    with open(path, "w") as file:
        # The third file of the fuzz target's input is the one in JSON.
        file.write("\x1e\x1e" if shape is hostile.json_line else "")
        file.write(shape(size))
    return instructions(program, path)


def main():
    program, names = sys.argv[1], sys.argv[2:]
    shapes = {shape: size for shape, size in hostile.SHAPES.items() if not names or shape.__name__ in names}
    bad = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        start = measure(program, folder, hostile.documents, 1)
        pending = {
            shape: [pool.submit(measure, program, folder, shape, count) for count in (size, size * FACTOR)]
            for shape, size in shapes.items()}
        for shape, runs in pending.items():
            try:
                small, large = (max(run.result() - start, 1) for run in runs)
                growth = f"{small / 1e6:9.1f} M {large / 1e6:9.1f} M  × {large / small:.2f}"
                failed = large / small > MOST
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                growth, failed = str(error), True
            bad += failed
            print(f"{'FAILED' if failed else 'ok':7}{shape.__name__:22}{shapes[shape]:>8} → {shapes[shape] * FACTOR:<8}{growth}",
                  flush=True)
    print(f"{len(shapes) - bad} of {len(shapes)} shapes grow linearly")
    sys.exit(bad > 0)


main()
