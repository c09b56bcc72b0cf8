"""Training steps of a program of ours against the same steps in PyTorch: the loop of such benches.

Each side is a process of its own: ours is a C program over tests/bench/steps.h, theirs a bench's
script run again with --peer. Ours writes parameters, data, loss and gradients to a file; theirs reads
it, tells how far its own loss and gradients are from them, and then both take steps in turns, each
resting while the other works. A bench calls main(); its docstring says what is computed.
"""
import json
import os
import statistics
import struct
import subprocess
import sys
import time

RUNS = int(os.environ.get("BENCH_RUNS", "7"))


def read_safetensors(path):
    import numpy
    kinds = {"F32": "<f4", "F64": "<f8", "U32": "<u4", "I32": "<i4", "I64": "<i8", "U8": "u1"}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: numpy.frombuffer(data[slice(*entry["data_offsets"])], kinds[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items()}


def tensors(torch, data):
    """The data as tensors, indices as int64."""
    return {name: torch.tensor(value.astype("int64") if value.dtype.kind in "ui" else value)
            for name, value in data.items()}


def largest_difference(data, loss, parameters, together):
    """How far a loss in double precision and its gradients are from those of the file, relatively:
    the worst of all parameters, or all of them together where single ones are next to nothing."""
    import numpy
    pairs = [(data["gradient." + name].astype("float64"), parameter.grad.numpy().ravel())
             for name, parameter in parameters.items() if parameter.grad is not None]
    if together:
        pairs = [tuple(numpy.concatenate(side) for side in zip(*pairs))]
    norm = numpy.linalg.norm
    return max([abs(loss.item() / data["loss"][0] - 1)] +
               [norm(ours - theirs) / (norm(theirs) or 1) for ours, theirs in pairs])


def serve(loss_of, path, threads, rate, together, exact):
    """Their process. loss_of(torch, parameters, data) is the loss; parameters are those tensors of
    the file that have a gradient there. Prints how far results differ (judged in double precision
    when exact, where rounding does not blur it), then answers lines as our side does."""
    import torch
    torch.set_num_threads(threads)
    raw = read_safetensors(path)
    data = tensors(torch, raw)
    own = [name for name in raw if "gradient." + name in raw]
    wide = {name: value.double() if exact and value.is_floating_point() else value
            for name, value in data.items()}
    judged = {name: wide[name].clone().requires_grad_() for name in own}
    loss = loss_of(torch, judged, wide)
    loss.backward()
    print(largest_difference(raw, loss, judged, together), flush=True)
    del judged, wide, loss
    parameters = {name: torch.nn.Parameter(data[name]) for name in own}
    optimizer = torch.optim.Adam(parameters.values(), lr=rate)
    for line in sys.stdin:
        steps = int(line)
        started, processor = time.perf_counter(), time.process_time()
        for _ in range(steps):
            optimizer.zero_grad()
            loss_of(torch, parameters, data).backward()
            if rate > 0:
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


def compare(command, case, threads, steps, tolerance, wanted, wanted_memory):
    """One row: medians of paired runs of `steps` steps. command + [case, FILE] is our side."""
    path = f"{case}.safetensors"
    ours = start(command + [case, path], threads)
    assert ours.stdout.readline() == "ready\n"
    theirs = start([sys.executable, sys.argv[0], "--peer", case, path, str(threads)], threads)
    error = float(theirs.stdout.readline())
    assert error < tolerance, f"{case}: losses or gradients differ by {error}"
    for process in (ours, theirs):
        ask(process, 2, threads)
    runs = [(ask(ours, steps, threads), ask(theirs, steps, threads)) for _ in range(RUNS)]
    for process in (ours, theirs):
        process.stdin.close()
        process.wait()
    mine, plain = (statistics.median(run[side][0] for run in runs) for side in range(2))
    ratio = statistics.median(run[1][0] / run[0][0] for run in runs)
    memory = [runs[-1][side][1] / 2**20 for side in range(2)]
    wanted_memory = f"(>= {wanted_memory})" if wanted_memory else ""
    print(f"{case:12} {threads:7} {mine * 1e3:9.2f} {plain * 1e3:10.2f} {ratio:6.1f} {f'(>= {wanted})':8} "
          f"{memory[0]:9.1f} {memory[1]:8.1f} {memory[1] / memory[0]:6.1f} {wanted_memory:7} "
          f"{error:9.1e}", flush=True)


def main(loss_of, cases, rate, tolerance=1e-4, together=False, wanted_memory=None, exact=True):
    """The whole bench: `script PROGRAM` prints a table, `script --peer CASE FILE THREADS` serves.
    loss_of(case) gives the loss that serve takes; cases maps names to (steps in a run, least ratio);
    rate is Adam's, or tells it by the case; 0: no step is taken, only differentiated.
    for tolerance and together see largest_difference, for exact serve."""
    if sys.argv[1] == "--peer":
        case, path, threads = sys.argv[2:]
        serve(loss_of(case), path, int(threads), rate(case) if callable(rate) else rate, together,
              exact)
        return
    import torch
    print(f"medians of {RUNS} paired runs; one thread by processor time, more by the clock; PyTorch "
          f"{torch.__version__}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print("case         threads  ours, ms  torch, ms  ratio          ours, MiB    torch  ratio         "
          "difference")
    for threads in map(int, os.environ.get("BENCH_THREADS", "1 2").split()):
        for case, (steps, wanted) in cases.items():
            compare(sys.argv[1:], case, threads, steps, tolerance, wanted, wanted_memory)
