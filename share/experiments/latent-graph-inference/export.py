#!/usr/bin/env python3
"""Data sets for latent graph inference, as folders with features.csv, nodes.csv (ten splits).

usage: export.py NAME FOLDER        NAME: digits, wine, breast-cancer (scikit-learn's), tree, sphere

tree and sphere are made of points whose true geometry is known. Their features are the logarithms
of the points at the origin, so that the exponential map of the right space gives the points back:

tree    a tree of eight branches that split in four, four levels deep, laid out in the hyperbolic
        plane with edges of length 1.75, long enough that branches do not overlap; the class is the
        branch of a branch, of which there are 32.
sphere  points spread evenly over the sphere; the class is the nearest of eight corners of a cube.
"""
import sys

import numpy

SEED = 1


def tree(rng):
    points, labels = [], []

    def grow(z, direction, depth, place):
        step = numpy.tanh(1.75 / 2) * numpy.exp(1j * direction)
        child = (step + z) / (1 + numpy.conj(z) * step)     # a walk of 1.75 in the Poincare disc
        back = (z - child) / (1 - numpy.conj(child) * z)    # where it came from, seen from there
        points.append(child)
        labels.append((place + [0])[0] * 4 + (place + [0])[1])
        if depth < 4:
            for turn in range(4):
                away = numpy.angle(back) + numpy.pi + (turn - 1.5) * 0.87 + rng.normal(0, 0.1)
                grow(child, away, depth + 1, place + [turn])

    for branch in range(8):
        grow(0j, numpy.pi * branch / 4, 1, [branch])
    z = numpy.array(points)
    length = 2 * numpy.arctanh(abs(z))
    return (numpy.stack([z.real, z.imag], 1) / abs(z)[:, None] * length[:, None],
            numpy.array(labels))


def sphere(rng):
    x = rng.normal(size=(800, 3))
    x /= numpy.linalg.norm(x, axis=1, keepdims=True)
    corners = numpy.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]) / 3 ** .5
    turn, _ = numpy.linalg.qr(rng.normal(size=(3, 3)))      # no corner lies at the pole
    angle = numpy.arccos(x[:, 0].clip(-1, 1))
    across = x[:, 1:] / numpy.linalg.norm(x[:, 1:], axis=1, keepdims=True)
    return across * angle[:, None], (x @ turn @ corners.T).argmax(1)


def packaged(name):
    import sklearn.datasets
    data = getattr(sklearn.datasets, "load_" + name.replace("-", "_"))()
    return data.data, data.target


def splits(labels, shares):
    """Ten, stratified: shares of train and validation, the rest is test."""
    columns = []
    for seed in range(10):
        rng = numpy.random.default_rng(seed)
        part = numpy.full(len(labels), "test", dtype=object)
        for label in set(labels):
            items = rng.permutation(numpy.flatnonzero(labels == label))
            train = max(1, round(shares[0] * len(items)))
            part[items[:train]] = "train"
            part[items[train:train + max(1, round(shares[1] * len(items)))]] = "validation"
        columns.append(part)
    return columns


def write(folder, x, y, parts):
    with open(folder + "/features.csv", "w") as file:
        print("node," + ",".join(f"x{j}" for j in range(x.shape[1])), file=file)
        for i, row in enumerate(x):
            print(f"{i}," + ",".join(f"{value:.7g}" for value in row), file=file)
    with open(folder + "/nodes.csv", "w") as file:
        print("node,label," + ",".join(f"split{s}" for s in range(10)), file=file)
        for i, label in enumerate(y):
            print(f"{i},{label}," + ",".join(part[i] for part in parts), file=file)


def main():
    name, folder = sys.argv[1:]
    rng = numpy.random.default_rng(SEED)
    made = {"tree": tree, "sphere": sphere}.get(name)
    x, y = made(rng) if made else packaged(name)
    write(folder, x, y, splits(y, (0.2, 0.2)))


if __name__ == "__main__":
    main()
