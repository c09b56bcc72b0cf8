#!/usr/bin/env python3
"""A training step of dag-spacetime against the same step in eager PyTorch.

usage: dag-spacetime.py PROGRAM        (tests/bench/dag-spacetime, which makes the model and edges)

Both sides encode every node once, gather, and take the quasi-metric and the partial order, the
published loss, its gradient and a step of Adam. The PyTorch side is the plain formulation, in a
process of its own. Losses and gradients are compared first; then the sides take turns.
"""
import json
import os
import statistics
import struct
import subprocess
import sys
import time

RUNS = int(os.environ.get("BENCH_RUNS", "7"))
STEPS = {"encoder": 20, "free": 5}  # in a run
WANTED = 3


def read_safetensors(path):
    import numpy
    kinds = {"F32": "<f4", "F64": "<f8", "U32": "<u4"}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: numpy.frombuffer(data[slice(*entry["data_offsets"])], kinds[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items()}


def sigma(torch, x, exponents):
    """The fractal-like activation; both branches, as one writes it in PyTorch."""
    s, l = exponents[0].abs().clamp_min(0.05), exponents[-1].abs().clamp_min(0.05)
    size = x.abs().clamp_min(1e-12)
    return torch.sign(x) * torch.where(size < 1, size ** s, size ** l)


def matrix(torch, parameters, prefix):
    weight = parameters[prefix + ".weight"].abs()
    eye = torch.eye(*weight.shape, dtype=weight.dtype)
    return weight + parameters[prefix + ".identity"].abs() * eye


def loss_of(torch, parameters, features, source, target, weight):
    functional = torch.nn.functional
    if "points" in parameters:
        points = parameters["points"]
    else:
        points = features
        for layer in range(10):
            p = f"encoder.{layer}."
            points = functional.linear(points, parameters[p + "weight"], parameters[p + "bias"])
            points = functional.layer_norm(points, points.shape[-1:], parameters[p + "norm.scale"],
                                           parameters[p + "norm.shift"], 1e-5)
            points = functional.silu(points)
        points = functional.linear(points, parameters["encoder.10.weight"],
                                   parameters["encoder.10.bias"])
    space, time_ = points[:, :4], points[:, 4:]
    bent = sigma(torch, space, parameters["metric.exponents"])
    u = (bent[source] - bent[target]).abs()
    z = time_
    for layer in range(4):
        p = f"metric.{layer}"
        u = sigma(torch, u, parameters[p + ".exponents"]) @ matrix(torch, parameters, p).T
        p = f"order.{layer}"
        z = sigma(torch, functional.leaky_relu(z, 0.01), parameters[p + ".exponents"]) \
            @ matrix(torch, parameters, p).T + parameters[p + ".bias"]
    difference = z[source] - z[target]
    with torch.no_grad():
        wrong = 1 - (difference <= 0).all(1).to(difference.dtype).mean()
    return ((u[:, 0] - weight) ** 2).mean() + wrong * torch.sigmoid(10 * difference).mean()


def peer(path, threads):
    """The other process: prints how far results differ, then answers lines as PROGRAM does."""
    import torch
    torch.set_num_threads(threads)
    data = read_safetensors(path)
    own = [name for name in data if "gradient." + name in data and name != "scale"]
    parameters = {name: torch.nn.Parameter(torch.tensor(data[name])) for name in own}
    source = torch.tensor(data["source"].astype("int64"))
    target = torch.tensor(data["target"].astype("int64"))
    features, weight = torch.tensor(data["node_features"]), torch.tensor(data["edge_weight"])
    optimizer = torch.optim.Adam(parameters.values(), lr=1e-4)

    # Agreement is judged in double precision, where rounding does not blur it, by all gradients.
    exact = {name: torch.tensor(data[name].astype("float64"), requires_grad=True) for name in own}
    loss = loss_of(torch, exact, features.double(), source, target, weight.double())
    loss.backward()
    ours = torch.cat([torch.tensor(data["gradient." + name].astype("float64")).ravel()
                      for name in own])
    theirs = torch.cat([exact[name].grad.ravel() for name in own])
    print(max(abs(loss.item() / data["loss"][0] - 1),
              ((ours - theirs).norm() / theirs.norm()).item()), flush=True)
    del exact, loss
    for line in sys.stdin:
        steps = int(line)
        started, processor = time.perf_counter(), time.process_time()
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(torch, parameters, features, source, target, weight).backward()
            optimizer.step()
        seconds = (time.perf_counter() - started) / steps
        processor = (time.process_time() - processor) / steps
        peak = next(int(text.split()[1]) * 1024 for text in open("/proc/self/status")
                    if text.startswith("VmHWM"))
        print(seconds, processor, peak, flush=True)


def start(command, threads):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                            env=environment)


def ask(process, steps, threads):
    """Seconds of a step, and the peak of memory: processor time of one thread, else the clock."""
    process.stdin.write(f"{steps}\n")
    process.stdin.flush()
    clock, processor, peak = process.stdout.readline().split()
    time.sleep(0.1)  # let threads that wait busily go to sleep
    return float(processor if threads == 1 else clock), int(peak)


def compare(program, case, threads):
    path = f"{case}.safetensors"
    ours = start([program, case, path], threads)
    assert ours.stdout.readline() == "ready\n"
    theirs = start([sys.executable, __file__, "--peer", path, str(threads)], threads)
    error = float(theirs.stdout.readline())
    assert error < 1e-3, f"{case}: losses or gradients differ by {error}"
    for process in (ours, theirs):
        ask(process, 2, threads)
    runs = [(ask(ours, STEPS[case], threads), ask(theirs, STEPS[case], threads))
            for _ in range(RUNS)]
    for process in (ours, theirs):
        process.stdin.close()
        process.wait()
    mine, plain = (statistics.median(run[side][0] for run in runs) for side in range(2))
    ratio = statistics.median(run[1][0] / run[0][0] for run in runs)
    memory = [runs[-1][side][1] / 2**20 for side in range(2)]
    print(f"{case:8} {threads:7} {mine * 1e3:9.2f} {plain * 1e3:10.2f} {ratio:6.1f} (>= {WANTED}) "
          f"{memory[0]:10.1f} {memory[1]:8.1f} {error:11.1e}", flush=True)


def main():
    import torch
    print(f"medians of {RUNS} paired runs; one thread by processor time, two by the clock; "
          f"PyTorch {torch.__version__}; load {os.getloadavg()[0]:.1f}")
    print("case     threads  ours, ms  torch, ms  ratio         ours, MiB    torch  difference")
    for threads in map(int, os.environ.get("BENCH_THREADS", "1 2").split()):
        for case in STEPS:
            compare(sys.argv[1], case, threads)


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        peer(sys.argv[2], int(sys.argv[3]))
    else:
        main()
