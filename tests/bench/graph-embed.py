#!/usr/bin/env python3
"""A training step of graph-embed against the same step in eager PyTorch.

usage: graph-embed.py PROGRAM          (tests/bench/graph-embed, which makes the points and pairs)

Both sides take 200,000 pairs of 2,485 points in 10 dimensions: gather, distance, loss (mean squared
relative error), backward, Adam. The PyTorch side is the plain formulation, in a process of its own.
Losses and gradients are compared first; then the sides take turns, each resting while the other works.
"""
import json
import os
import statistics
import struct
import subprocess
import sys
import time

PAIRS = 200_000
RUNS = int(os.environ.get("BENCH_RUNS", "7"))
STEPS = 5  # in a run
WANTED = {"euclidean": 3, "hyperbolic": 3, "snowflake": 8}


def read_safetensors(path):
    import numpy
    kinds = {"F32": "<f4", "F64": "<f8", "U32": "<u4"}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: numpy.frombuffer(data[slice(*entry["data_offsets"])], kinds[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items()}


def distances(torch, geometry, parameters, source, target):
    """The embedded distances of pairs, as one writes them in PyTorch."""
    points = parameters["points"]
    a, b = points[source], points[target]
    if geometry == "hyperbolic":  # the Lorentz model; points hold the space-like coordinates
        a_time = torch.sqrt(1 + (a * a).sum(1))
        b_time = torch.sqrt(1 + (b * b).sum(1))
        inner = a_time * b_time - (a * b).sum(1)
        return torch.exp(parameters["log_radius"]) * torch.acosh(inner.clamp_min(1 + 1e-7))
    d = torch.sqrt(((a - b) ** 2).sum(1))
    if geometry == "euclidean":
        return d
    u = d[:, None]
    for layer in range(2):
        weights = {name: parameters[f"snowflake.{layer}.{name}"]
                   for name in ("expansion", "contraction", "mixture", "exponents")}
        exponents = torch.sigmoid(weights["exponents"])
        z = u @ weights["expansion"].abs().T
        features = torch.stack([1 - torch.exp(-z), z ** exponents[0],
                                torch.log1p(z) ** exponents[1]], dim=-1)
        u = (features @ weights["mixture"].abs()) @ weights["contraction"].abs().T
    return u[:, 0] ** (1 + parameters["snowflake.power"].abs())


def peer(geometry, path, threads):
    """The other process: prints loss and gradients as JSON, then answers lines as PROGRAM does."""
    import torch
    torch.set_num_threads(threads)
    data = read_safetensors(path)
    parameters = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in data.items()
                  if name in ("points", "log_radius") or name.startswith("snowflake.")}
    source = torch.tensor(data["source"].astype("int64"))
    target = torch.tensor(data["target"].astype("int64"))
    wanted = torch.tensor(data["distance"])
    used = [p for name, p in parameters.items()
            if name != "log_radius" or geometry == "hyperbolic"]
    optimizer = torch.optim.Adam(used, lr=1e-3)

    def loss_now():
        optimizer.zero_grad()
        loss = ((distances(torch, geometry, parameters, source, target) / wanted - 1) ** 2).mean()
        loss.backward()
        return loss

    # Agreement is judged in double precision, where rounding does not blur it.
    exact = {name: torch.tensor(value.astype("float64"), requires_grad=True)
             for name, value in data.items() if name in parameters}
    loss = ((distances(torch, geometry, exact, source, target) / wanted.double() - 1) ** 2).mean()
    loss.backward()
    worst = abs(loss.item() / data["loss"][0] - 1)
    for name, parameter in exact.items():
        if parameter.grad is not None:
            ours = torch.tensor(data["gradient." + name].astype("float64")).reshape(parameter.shape)
            worst = max(worst, ((ours - parameter.grad).norm() / parameter.grad.norm()).item())
    del exact, loss
    print(worst, flush=True)
    for line in sys.stdin:
        steps = int(line)
        started, processor = time.perf_counter(), time.process_time()
        for _ in range(steps):
            loss_now()
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
    """Seconds of a step, and the peak of memory. Other work on the machine slows the clock, but not
    the processor time of one thread; that of several counts waiting, so they go by the clock."""
    process.stdin.write(f"{steps}\n")
    process.stdin.flush()
    clock, processor, peak = process.stdout.readline().split()
    time.sleep(0.1)  # let threads that wait busily go to sleep
    return float(processor if threads == 1 else clock), int(peak)


def compare(program, geometry, threads):
    path = f"{geometry}.safetensors"
    ours = start([program, geometry, str(PAIRS), path], threads)
    assert ours.stdout.readline() == "ready\n"
    theirs = start([sys.executable, __file__, "--peer", geometry, path, str(threads)], threads)
    error = float(theirs.stdout.readline())
    assert error < 1e-4, f"{geometry}: losses or gradients differ by {error}"
    ask(ours, 2, threads)
    ask(theirs, 2, threads)
    runs = [(ask(ours, STEPS, threads), ask(theirs, STEPS, threads)) for _ in range(RUNS)]
    for process in (ours, theirs):
        process.stdin.close()
        process.wait()
    mine = statistics.median(run[0][0] for run in runs)
    plain = statistics.median(run[1][0] for run in runs)
    ratio = statistics.median(run[1][0] / run[0][0] for run in runs)
    memory = [runs[-1][side][1] / 2**20 for side in range(2)]
    print(f"{geometry:11} {threads:7} {mine * 1e3:9.2f} {plain * 1e3:9.1f} {ratio:6.1f} "
          f"(>= {WANTED[geometry]}) {memory[0]:9.1f} {memory[1]:8.1f} {memory[1] / memory[0]:6.1f} "
          f"(>= 4) {error:9.1e}", flush=True)


def main():
    import torch
    print(f"{PAIRS} pairs; medians of {RUNS} paired runs of {STEPS} steps; one "
          f"thread by processor time, two by the clock; PyTorch {torch.__version__}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("geometry    threads  ours, ms  torch, ms  ratio      ours, MiB    torch  ratio      "
          "difference")
    for threads in map(int, os.environ.get("BENCH_THREADS", "1 2").split()):
        for geometry in WANTED:
            compare(sys.argv[1], geometry, threads)


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        peer(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
