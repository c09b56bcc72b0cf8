"""pathway-predict against numpy: pathway.py MODEL ROWS"""
import os
import statistics
import subprocess
import sys
import tempfile

RUNS = int(os.environ.get("BENCH_RUNS", "5"))

# The peer, a program of its own: reads model and rows, routes, applies each leaf to its rows.
PEER = '''
import json, sys
import numpy as np

def read(path):
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        data = file.read()
    kinds = {"F32": np.float32, "U32": np.uint32}
    return {name: np.frombuffer(data[slice(*t["data_offsets"])], kinds[t["dtype"]]).reshape(t["shape"])
            for name, t in header.items() if name != "__metadata__"}

folder, rows, output = sys.argv[1:]
router = read(folder + "/router.safetensors")
x = np.loadtxt(rows, delimiter=",", skiprows=1, dtype=np.float32)[:, :-1]
z = (x - router["mean"]) / router["scale"]
node = np.zeros(len(x), np.int64)
while True:
    inner = router["children"][node] > 0
    if not inner.any():
        break
    for u in np.unique(node[inner]):
        here = np.flatnonzero(node == u)
        first, count = int(router["first_child"][u]), int(router["children"][u])
        p = router["centres"][first:first + count]
        node[here] = first + ((z[here, None, :] - p) ** 2).sum(-1).argmin(1)
leaf = router["leaf"][node]
y = np.empty(len(x), np.float32)
for k in np.unique(leaf):
    here = np.flatnonzero(leaf == k)
    m = read(f"{folder}/leaf-{k:04d}.safetensors")
    h = (x[here] - m["input_mean"]) / m["input_scale"]
    layer = 0
    while f"network.{layer}.weight" in m:
        h = h @ m[f"network.{layer}.weight"].T + m[f"network.{layer}.bias"]
        layer += 1
        if f"network.{layer}.weight" in m:
            h = np.maximum(h, 0)
    y[here] = np.clip(m["target_mean"] + m["target_scale"] * h[:, 0], *m["clip"])
np.savetxt(output, y, fmt="%.9g", header="prediction", comments="")
'''


def run(command):
    """Processor seconds and peak memory in bytes of a command."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {command}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    model, rows = sys.argv[1:]
    count = sum(1 for _ in open(rows)) - 1
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = folder + "/ours", folder + "/theirs"
        sides = {
            "tesserae": ["pathway-predict", "-q", "--load", model, "--memory", "4M", "-o", ours, rows],
            "numpy": [sys.executable, "-c", PEER, model, rows, theirs],
        }
        seconds, peaks = {side: [] for side in sides}, {}
        for _ in range(RUNS):
            for side, command in sides.items():
                used, peaks[side] = run(command)
                seconds[side].append(used)
        pairs = zip(open(ours).read().split()[1:], open(theirs).read().split()[1:])
        worst = max(abs(float(a) - float(b)) for a, b in pairs)
    if worst > 1e-3:
        sys.exit(f"predictions differ by {worst}")
    medians = {side: statistics.median(values) for side, values in seconds.items()}
    print(f"pathway-predict, {count} rows, 64 leaves, 1 thread; largest difference {worst:.1e}")
    for side in sides:
        print(f"  {side:8} {medians[side]:.3f} s of processor, {peaks[side] / 2**20:.0f} MiB")
    print(f"  ratio {medians['numpy'] / medians['tesserae']:.1f}")


main()
