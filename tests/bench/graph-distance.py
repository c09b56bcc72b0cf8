#!/usr/bin/env python3
"""All-pairs shortest paths: graph-distance against SciPy.

usage: graph-distance.py [--runs N] [--threads N] [--nodes N] [EDGES.csv]

The program's time is that of the whole process, from reading the CSV to the last byte of the NPY
file; SciPy's is that of the call shortest_path(method='D', unweighted=True) alone, in a process
that has long started and holds the matrix. Weighted graphs are compared with unweighted=False.
Runs alternate. Without EDGES.csv the graph is one of graph-make's (Barabasi and Albert).
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

PEER = "scipy.sparse.csgraph.shortest_path(method='D')"


def read_edges(path):
    """Node indices in order of first appearance, as the program numbers them, and weights."""
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    if rows[0][:2] == ["source", "target"]:
        rows = rows[1:]
    index = {}
    ends = [[index.setdefault(name, len(index)) for name in row[:2]] for row in rows]
    weights = [float(row[2]) if len(row) > 2 else 1.0 for row in rows]
    return numpy.array(ends), numpy.array(weights), len(index)


def matrix_of(path):
    from scipy.sparse import csr_matrix

    ends, weights, nodes = read_edges(path)
    return csr_matrix((weights, (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))


def peer_distances(matrix):
    from scipy.sparse.csgraph import shortest_path

    unweighted = bool(numpy.all(matrix.data == 1))
    return shortest_path(matrix, method="D", directed=False, unweighted=unweighted)


def run_program(arguments, found):
    """Seconds of one run, its output in the file `found`."""
    with open(found, "wb") as file:
        began = time.perf_counter()
        subprocess.run(arguments, stdout=file, check=True)
        return time.perf_counter() - began


def program_memory(arguments, scratch):
    """Peak bytes, as the program reports them."""
    report = os.path.join(scratch, "report.json")
    subprocess.run(arguments + ["--report", report], stdout=subprocess.DEVNULL, check=True)
    with open(report) as file:
        return json.load(file)["memory"]["peak_bytes"]


def print_own_peak():
    with open("/proc/self/status") as file:
        print(*(line.split()[1] for line in file if line.startswith("VmHWM")))


def peer_memory(path):
    """Peak bytes of a process that does what SciPy's side does, and nothing else."""
    command = [sys.executable, __file__, "--peer-alone", path]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) * 1024


def agree(ours, theirs):
    close = numpy.isclose(ours, theirs, rtol=1e-5, atol=1e-7) | (ours == theirs)
    return bool(ours.shape == theirs.shape and close.all())


def compare(path, options, scratch):
    found = os.path.join(scratch, "distances.npy")
    arguments = ["graph-distance", "-f", "npy", "--threads", str(options.threads), path]
    matrix = matrix_of(path)
    ours, theirs = [], []
    for _ in range(options.runs):
        ours.append(run_program(arguments, found))
        began = time.perf_counter()
        distances = peer_distances(matrix)
        theirs.append(time.perf_counter() - began)
    if not agree(numpy.load(found), distances):
        sys.exit("the distances do not agree")
    ratios = [b / a for a, b in zip(ours, theirs)]
    import scipy

    print(f"all pairs of {matrix.shape[0]} nodes, {matrix.nnz} edges; the distances agree")
    print(f"graph-distance, {options.threads} threads  {statistics.median(ours):8.3f} s  "
          f"{program_memory(arguments, scratch) / 2**20:7.1f} MiB  (whole process)")
    print(f"SciPy {scipy.__version__}, 1 thread         {statistics.median(theirs):8.3f} s  "
          f"{peer_memory(path) / 2**20:7.1f} MiB  (the call; memory of the process)")
    print(f"ratio of {options.runs} paired runs: median {statistics.median(ratios):.1f}, "
          f"least {min(ratios):.1f}")


def main():
    parser = argparse.ArgumentParser(description=f"graph-distance against {PEER}")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--nodes", type=int, default=2500, help="of the graph that is made")
    parser.add_argument("--peer-alone", metavar="EDGES", help=argparse.SUPPRESS)
    parser.add_argument("edges", nargs="?")
    options = parser.parse_args()
    if options.peer_alone:
        peer_distances(matrix_of(options.peer_alone))
        print_own_peak()
        return
    with tempfile.TemporaryDirectory() as scratch:
        path = options.edges
        if path is None:
            path = os.path.join(scratch, "edges.csv")
            subprocess.run(["graph-make", "barabasi-albert", "--nodes", str(options.nodes),
                            "-o", path], check=True)
        compare(path, options, scratch)


if __name__ == "__main__":
    main()
