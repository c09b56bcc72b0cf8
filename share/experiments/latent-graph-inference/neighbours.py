#!/usr/bin/env python3
"""What plain nearest neighbours do, on a folder that export.py wrote or one of a graph.

usage: neighbours.py edges FOLDER K      the graph of the K nearest neighbours, as an edge list
       neighbours.py classify FOLDER     k nearest neighbours vote, k chosen on the validation items
                                         (prints mean and deviation of test accuracies)

Columns are standardised; rows of graphs (features.npy.gz, words) are compared by their angles.
"""
import csv
import gzip
import os
import sys

import numpy


def read(folder):
    path, least = folder + "/features.npy.gz", 0
    rows = list(csv.DictReader(open(folder + "/nodes.csv")))
    if os.path.exists(path):
        x = numpy.load(gzip.open(path)).astype("float32")
        x /= numpy.linalg.norm(x, axis=1, keepdims=True).clip(1e-9)
        least = 1
    else:
        x = numpy.loadtxt(folder + "/features.csv", delimiter=",", skiprows=1)[:, 1:]
        x = (x - x.mean(0)) / numpy.where(x.std(0) > 0, x.std(0), 1)
    return x, rows, least


def nearest(x, k, least):
    """By distances; with least = 1 of rows of length 1, where a row of zeros is near to none."""
    square = numpy.maximum((x * x).sum(1), least)
    distance = square[:, None] + square - 2 * x @ x.T
    numpy.fill_diagonal(distance, numpy.inf)
    return numpy.argsort(distance, 1, kind="stable")[:, :k]


def vote(lists, known, labels, classes, k):
    """The class of most of the k nearest that are known; the nearest of them decides a draw."""
    answers = []
    for row in lists:
        votes = numpy.zeros(classes)
        for rank, j in enumerate([j for j in row if known[j]][:k]):
            votes[labels[j]] += 1 - rank * 1e-6
        answers.append(votes.argmax())
    return numpy.array(answers)


def classify(folder):
    x, rows, least = read(folder)
    names = sorted({row["label"] for row in rows})
    labels = numpy.array([names.index(row["label"]) for row in rows])
    lists, found = nearest(x, len(x) - 1, least), []
    for split in [key for key in rows[0] if key.startswith("split")]:
        part = numpy.array([row[split] for row in rows])
        best = (-1, 0)
        for k in (1, 3, 5, 10, 20):
            right = vote(lists, part == "train", labels, len(names), k) == labels
            best = max(best, (right[part == "validation"].mean(), right[part == "test"].mean()),
                       key=lambda pair: pair[0])
        found.append(best[1])
    deviation = numpy.std(found, ddof=1) if len(found) > 1 else 0
    print(f"{100 * numpy.mean(found):.1f},{100 * deviation:.1f}")


def edges(folder, k):
    x, _, least = read(folder)
    print("source,target")
    pairs = {tuple(sorted((i, int(j)))) for i, row in enumerate(nearest(x, k, least)) for j in row}
    for i, j in sorted(pairs):
        print(f"{i},{j}")


if sys.argv[1] == "edges":
    edges(sys.argv[2], int(sys.argv[3]))
else:
    classify(sys.argv[2])
