"""CSV and NPY: tesserae's readers against numpy's. reading.py READING-PROGRAM"""
import os
import statistics
import subprocess
import sys

import numpy as np

RUNS = int(os.environ.get("BENCH_RUNS", "5"))
PEER = {
    "csv": "values = np.loadtxt(sys.argv[1], delimiter=',', ndmin=2); total = values.sum()\n"
           "size = values.nbytes",
    # The same look at each record as tests/bench/reading.c has. From what has only read(), numpy
    # does not ask for a file's position, which pipes do not have.
    "npy": "stream = sys.stdin.buffer; total = size = 0\n"
           "pipe = types.SimpleNamespace(read=stream.read)\n"
           "while stream.peek(1):\n"
           "    values = np.lib.format.read_array(pipe); total += values.flat[-1]\n"
           "    size += values.nbytes",
}
PROLOGUE = ("import sys, time, types; import numpy as np\n"
            "started = time.perf_counter(); processor = time.process_time()\n")
EPILOGUE = ("\nelapsed = time.perf_counter() - started; processor = time.process_time() - processor\n"
            "peak = next(int(line.split()[1]) * 1024 for line in open('/proc/self/status')"
            " if line.startswith('VmHWM'))\n"
            "print(elapsed, processor, size, repr(float(total)), peak)")


def run(command, feed=None):
    """
    Runs one side; with `feed`, the file comes through a pipe from cat. Returns processor seconds
    of a file that is parsed by one thread, and seconds of the clock for a pipe, where the writer's
    work counts too; then the bytes of the values, their sum, and the peak of memory.
    """
    source = subprocess.Popen(["cat", feed], stdout=subprocess.PIPE) if feed else None
    result = subprocess.run(command, stdin=source and source.stdout, check=True,
                            stdout=subprocess.PIPE, text=True).stdout.split()
    if source:
        source.stdout.close()
        source.wait()
    wall, processor, size, total, peak = map(float, result)
    return wall if feed else processor, size, total, peak


def compare(title, kind, name, ours, through_pipe):
    peer = [sys.executable, "-c", PROLOGUE + PEER[kind] + EPILOGUE]
    mine = [ours, kind]
    if not through_pipe:
        peer.append(name)
        mine.append(name)
    feed = name if through_pipe else None
    pairs = [(run(mine, feed), run(peer, feed)) for _ in range(RUNS)]
    for mine_result, peer_result in pairs:
        assert mine_result[1] == peer_result[1]
        assert np.isclose(mine_result[2], peer_result[2], rtol=1e-9), pairs
    size = os.path.getsize(name)
    seconds = [statistics.median(pair[i][0] for pair in pairs) for i in range(2)]
    ratio = statistics.median(pair[1][0] / pair[0][0] for pair in pairs)
    memory = [max(pair[i][3] for pair in pairs) / 2**20 for i in range(2)]
    print(f"{title:34} {size / seconds[0] / 1e6:9.0f} {size / seconds[1] / 1e6:9.0f} "
          f"{ratio:7.1f} {memory[0]:10.0f} {memory[1]:10.0f}")


def main():
    ours = sys.argv[1]
    rng = np.random.default_rng(1)
    values = rng.normal(size=(400_000, 10))
    np.savetxt("six.csv", values, fmt="%.6g", delimiter=",")
    np.savetxt("nineteen.csv", values[:150_000], delimiter=",")
    with open("shortest.csv", "w") as file:
        file.writelines(",".join(map(repr, row)) + "\n" for row in values[:200_000].tolist())
    np.save("large.npy", rng.random(64 << 20, dtype=np.float32))
    with open("small.npy", "wb") as file:
        for row in rng.random((20_000, 1024), dtype=np.float32):
            np.lib.format.write_array(file, row)
    print(f"one thread each, medians of {RUNS} paired runs; numpy {np.__version__}; CSV by "
          "processor time, pipes by the clock")
    print(f"{'':34} {'MB/s':>9} {'numpy':>9} {'ratio':>7} {'peak MiB':>10} {'numpy':>10}")
    compare("CSV, 6 digits (loadtxt)", "csv", "six.csv", ours, False)
    compare("CSV, 17 digits (loadtxt)", "csv", "shortest.csv", ours, False)
    compare("CSV, 19 digits (loadtxt)", "csv", "nineteen.csv", ours, False)
    compare("NPY, 256 MiB, pipe (read_array)", "npy", "large.npy", ours, True)
    compare("NPY, 20000 x 4 KiB, pipe", "npy", "small.npy", ours, True)


main()
