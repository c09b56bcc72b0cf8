"""score-sample against PyTorch: the smoothed closed-form flow over all rows, from the same noise.

The peer knows the same trick: the products of perturbations and rows are computed once a sample, and
a step takes one product of z and the rows, one softmax over all perturbations, and one product of
the mean weights and the rows."""
import json
import os
import resource
import subprocess
import sys
import time

import numpy
import torch

data, count, steps, sigma, components, threads, runs = sys.argv[1:]
count, steps, components, threads, runs = map(int, (count, steps, components, threads, runs))
sigma = float(sigma)
torch.set_num_threads(threads)
torch.set_grad_enabled(False)


def ours():
    subprocess.run(["score-sample", "--data", data, "--sigma", str(sigma), "--perturbations",
                    str(components), "--steps", str(steps), "--count", str(count), "--threads",
                    str(threads), "-q", "-o", "ours.npy", "--report", "report.json"], check=True)
    report = json.load(open("report.json"))
    return (report["metrics"]["sampling_s"], report["time"]["cpu_s"],
            report["memory"]["peak_bytes"] / 2**20)


def theirs(x, noise, perturbations):
    started, processor = time.perf_counter(), time.process_time()
    rows, columns = x.shape
    half_norms = x.square().sum(1) / 2
    parts = []
    for first in range(0, count, 64):
        z = noise[first:first + 64].clone()
        size = len(z)
        shifts = sigma * (perturbations[first:first + 64].reshape(-1, columns) @ x.T)
        shifts = shifts.view(size, components, rows)
        logits = torch.empty_like(shifts)
        for step in range(steps):
            t = step / steps
            products = z @ x.T
            products.sub_(half_norms, alpha=t)
            torch.add(shifts, products[:, None], out=logits)
            logits -= logits.amax(2, keepdim=True)  # before the slope, or digits are lost
            logits *= t / (1 - t) ** 2
            torch.softmax(logits, 2, out=logits)
            mean = logits.mean(1) @ x
            z = mean if step + 1 == steps else z + (mean - z) / (steps - step)
        parts.append(z)
    samples = torch.cat(parts)
    return samples, time.perf_counter() - started, time.process_time() - processor


x = numpy.load(data)
x = x.reshape(len(x), -1)
x = torch.from_numpy(x.astype(numpy.float32) / 127.5 - 1 if x.dtype == numpy.uint8
                     else x.astype(numpy.float32))
subprocess.run([os.environ["BENCH_NOISE"], "noise", "0", str(count), str(x.shape[1]),
                str(components), "noise.npy", "perturbations.npy"], check=True)
noise, perturbations = (torch.from_numpy(numpy.load(name))
                        for name in ("noise.npy", "perturbations.npy"))
wall, processor = [], []
for run in range(runs):
    seconds, used, memory = ours()
    samples, their_seconds, their_used = theirs(x, noise, perturbations)
    wall.append((seconds, their_seconds))
    processor.append((used, their_used))
mine = numpy.load("ours.npy").reshape(count, -1)
near = numpy.abs(mine - samples.numpy()).max(1) < 1e-2 * numpy.abs(mine).max()
assert near.mean() >= 0.9, f"only {near.mean():.0%} of the samples agree"
median = lambda pairs, side: float(numpy.median([pair[side] for pair in pairs]))
ratio = lambda pairs: float(numpy.median([b / a for a, b in pairs]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
print(f"{count} samples of {tuple(x.shape)} rows, {steps} steps, {components} perturbations, sigma "
      f"{sigma}, threads {threads}, PyTorch {torch.__version__}, medians of {runs}; "
      f"{near.mean():.0%} of the samples agree")
print(f"  samples per second: ours {count / median(wall, 0):.2f}, PyTorch "
      f"{count / median(wall, 1):.2f}: {ratio(wall):.2f} times as fast")
print(f"  processor seconds: ours {median(processor, 0):.1f} with reading, PyTorch "
      f"{median(processor, 1):.1f}: {ratio(processor):.2f}; peak MiB {memory:.0f} to {peak:.0f}")
