#!/usr/bin/env python3
"""Multivector networks against PyTorch: one product layer, and whole training steps.

usage: clifford.py PROGRAM       (tests/bench/clifford, whose head says what the cases are)

The peers, after the dash in a case's name:

dense     the published formulation: weights spread over a multiplication table of 2^n x 2^n x 2^n,
          contracted by einsum; samples, channels, blades.
paths     the best that we could make of eager PyTorch: for every blade of the result only the 2^n
          pairs that give it, weights and signs in a table of 2^n x 2^n; blades, samples, channels,
          so that a blade is a run of memory, picked by index_select (n = 5) or as it is (n = 3,
          where the loop over pairs is faster).
compiled  the same through torch.compile, where PyTorch has it.
"""
import itertools
import math
import os
import sys

import steps


class Algebra:
    """Signs and grades of a space with e_i e_i = 1, blades in shortlex order."""

    def __init__(self, torch, n):
        order = sorted(range(2 ** n), key=lambda b: (bin(b).count("1"),
                                                     [i for i in range(n) if b >> i & 1]))
        place = {bitmap: index for index, bitmap in enumerate(order)}
        self.n, self.blades = n, 2 ** n
        self.grade = torch.tensor([bin(b).count("1") for b in order])
        self.sizes = torch.bincount(self.grade)
        self.table = torch.zeros(2 ** n, 2 ** n, 2 ** n)  # left, result, right
        self.right = torch.zeros(2 ** n, 2 ** n, dtype=torch.long)  # of result and left
        self.sign = torch.zeros(2 ** n, 2 ** n)
        self.path = torch.zeros(2 ** n, 2 ** n, dtype=torch.long)
        triples = [(i, j, k) for j, i, k in itertools.product(range(n + 1), repeat=3)
                   if abs(i - k) <= j <= min(i + k, 2 * n - i - k) and (i + j + k) % 2 == 0]
        number = {triple: index for index, triple in enumerate(triples)}
        self.triples = torch.tensor(triples).T
        for a, b in itertools.product(range(2 ** n), repeat=2):
            swaps = sum(bin((a >> s) & b).count("1") for s in range(1, n))
            left, result, right = place[a], place[a ^ b], place[b]
            sign = -1.0 if swaps % 2 else 1.0
            self.table[left, result, right] = sign
            self.right[result, left] = right
            self.sign[result, left] = sign
            self.path[result, left] = number[tuple(int(self.grade[blade])
                                                   for blade in (left, result, right))]


def smooth_norm(q):
    return (q * q + 1e-16) ** 0.25


class Dense:
    """x is (samples, channels, blades), as published."""

    def __init__(self, torch, algebra):
        self.torch, self.algebra = torch, algebra

    def from_parts(self, scalars, vectors):
        parts = [self.torch.nn.functional.pad(scalars, (0, self.algebra.blades - 1))]
        parts.append(self.torch.nn.functional.pad(
            vectors, (1, self.algebra.blades - 1 - self.algebra.n)))
        return self.torch.cat(parts, dim=1)

    def from_blades(self, x):  # (blades, samples, channels)
        return x.permute(1, 2, 0)

    def to_blades(self, x):
        return x.permute(2, 0, 1)

    def linear(self, x, weight, bias=None):
        grades = weight.repeat_interleave(self.algebra.sizes, dim=0) if len(weight) > 1 else \
            weight.expand(self.algebra.blades, -1, -1)
        y = self.torch.einsum("bmi,inm->bni", x, grades)
        if bias is not None:
            y = y + self.torch.nn.functional.pad(bias[:, None], (0, self.algebra.blades - 1))
        return y

    def forms(self, x):
        return self.torch.cat([part.square().sum(-1, keepdim=True)
                               for part in x.split(self.algebra.sizes.tolist(), dim=-1)], dim=-1)

    def invariants(self, x):  # (samples, grades, channels), flat
        q = self.torch.cat([x[..., :1], self.forms(x)[..., 1:]], dim=-1)
        return q.transpose(1, 2).flatten(1)

    def by_grade(self, factors):
        return factors.repeat_interleave(self.algebra.sizes, dim=-1)

    def normalise(self, x, weight):
        share = self.torch.sigmoid(weight.T)
        factors = share * (smooth_norm(self.forms(x)) - 1) + 1
        return x / (self.by_grade(factors) + 1e-6)

    def silu(self, x, slope, shift):
        q = self.torch.cat([x[..., :1], self.forms(x)[..., 1:]], dim=-1)
        return self.torch.sigmoid(self.by_grade(slope.T * q + shift.T)) * x

    def layer_norm(self, x, scale):
        norm = smooth_norm(x.square().sum(-1, keepdim=True)).mean(dim=1, keepdim=True) + 1e-6
        return scale[:, None] * x / norm

    def product(self, x, z, weight):
        a = self.algebra
        spread = weight.new_zeros(weight.shape[1], a.n + 1, a.n + 1, a.n + 1)
        spread[:, a.triples[0], a.triples[1], a.triples[2]] = weight.T
        for dim in (-3, -2, -1):
            spread = spread.repeat_interleave(a.sizes, dim=dim)
        return self.torch.einsum("bni,nijk,bnk->bnj", x, a.table * spread, z)

    def join(self, parts):
        return self.torch.cat(parts, dim=1)

    def gather(self, x, nodes):
        return x[nodes]

    def add_at(self, nodes, count, x):
        return x.new_zeros(count, *x.shape[1:]).index_add(0, nodes, x)

    def vectors(self, x):
        return x[:, 0, 1:4]


class Paths:
    """x is (blades, samples, channels), as in ours; picks: always by index_select."""

    picks = False

    def __init__(self, torch, algebra):
        self.torch, self.algebra = torch, algebra
        sizes = algebra.sizes.tolist()
        self.runs = [slice(sum(sizes[:k]), sum(sizes[:k + 1])) for k in range(len(sizes))]
        self.flat_right = algebra.right.flatten()
        self.rights = algebra.right.tolist()

    def from_parts(self, scalars, vectors):  # (samples, channels, 1) and (samples, channels, n)
        pad = self.torch.nn.functional.pad
        blades, n = self.algebra.blades, self.algebra.n
        parts = [pad(scalars, (0, blades - 1)), pad(vectors, (1, blades - 1 - n))]
        return self.torch.cat(parts, dim=1).permute(2, 0, 1).contiguous()

    def from_blades(self, x):
        return x

    to_blades = from_blades

    def linear(self, x, weight, bias=None):
        if len(weight) == 1:
            y = x @ weight[0].T
        else:
            y = self.torch.bmm(x, weight[self.algebra.grade].transpose(1, 2))
        return y if bias is None else self.torch.cat([y[:1] + bias, y[1:]])

    def forms(self, x):
        return self.torch.stack([x[run].square().sum(0) for run in self.runs])

    def forms_but_scalar(self, x):
        return self.torch.stack([x[0]] + [x[run].square().sum(0) for run in self.runs[1:]])

    def invariants(self, x):
        return self.forms_but_scalar(x).transpose(0, 1).flatten(1)

    def normalise(self, x, weight):
        share = self.torch.sigmoid(weight)[:, None]
        factors = 1 / (share * (smooth_norm(self.forms(x)) - 1) + 1 + 1e-6)
        return x * factors[self.algebra.grade]

    def silu(self, x, slope, shift):
        gate = self.torch.sigmoid(slope[:, None] * self.forms_but_scalar(x) + shift[:, None])
        return x * gate[self.algebra.grade]

    def layer_norm(self, x, scale):
        norm = smooth_norm(x.square().sum(0)).mean(dim=-1, keepdim=True) + 1e-6
        return x * (scale / norm)

    def product(self, x, z, weight):
        a = self.algebra
        table = weight[a.path] * a.sign[..., None]                 # (result, left, channels)
        if a.blades > 8 or self.picks:
            pairs = z.index_select(0, self.flat_right).view(a.blades, *x.shape)
            return (pairs * table[:, :, None] * x).sum(1)
        left, right, rows = x.unbind(0), z.unbind(0), [row.unbind(0) for row in table.unbind(0)]
        return self.torch.stack([sum(row[i] * left[i] * right[k] for i, k in enumerate(of_result))
                                 for row, of_result in zip(rows, self.rights)])

    def join(self, parts):
        return self.torch.cat(parts, dim=2)

    def gather(self, x, nodes):
        return x[:, nodes]

    def add_at(self, nodes, count, x):
        return x.new_zeros(len(x), count, x.shape[2]).index_add(1, nodes, x)

    def vectors(self, x):
        return x[1:4, :, 0].T


def product_layer(m, p, name, x):
    z = m.normalise(m.linear(x, p[name + ".right.weight"]), p[name + ".normalise"])
    left = m.linear(x, p[name + ".left.weight"], p[name + ".left.bias"])
    return (left + m.product(x, z, p[name + ".weight"])) / math.sqrt(2)


def cgmlp(m, p, name, x):
    for block in range(2):
        prefix = f"{name}.{block}"
        x = m.linear(x, p[prefix + ".linear.weight"], p[prefix + ".linear.bias"])
        x = m.silu(x, p[prefix + ".silu.slope"], p[prefix + ".silu.shift"])
        x = product_layer(m, p, prefix + ".product", x)
        x = m.layer_norm(x, p[prefix + ".norm"])
    return x


def layer_loss(m, p, data):
    y = product_layer(m, p, "product.0", m.from_blades(p["x"]))
    return (m.to_blades(y) * data["targets"].reshape(p["x"].shape)).sum()


def hulls_loss(m, p, data):
    points = data["inputs"].reshape(32, 16, 5)
    x = m.linear(m.from_parts(points[:, :0, :1], points), p["embed.weight"], p["embed.bias"])
    for layer in range(4):
        x = product_layer(m, p, f"product.{layer}", x)
    functional = m.torch.nn.functional
    hidden = functional.linear(m.invariants(x), p["head.0.weight"], p["head.0.bias"])
    hidden = functional.silu(hidden)
    y = functional.linear(hidden, p["head.1.weight"], p["head.1.bias"]).squeeze(-1)
    return (y - data["targets"]).square().mean()


def bodies_loss(m, p, data):
    nodes = 500
    scalars, vectors = data["scalars"], data["inputs"].reshape(nodes, 2, 3)
    x = m.from_parts(scalars[:nodes].reshape(nodes, 1, 1), vectors)
    edges = scalars[nodes:].reshape(-1, 1, 1)
    features = m.from_parts(edges, vectors.new_zeros(len(edges), 0, 3))
    receivers, senders = data["receivers"], data["senders"]
    h = m.linear(x, p["gnn.embed.weight"], p["gnn.embed.bias"])
    for layer in range(3):
        message = m.join([m.gather(h, receivers) - m.gather(h, senders), features])
        message = cgmlp(m, p, f"gnn.{layer}.edge", message)
        received = m.add_at(receivers, nodes, message) / 4
        h = h + cgmlp(m, p, f"gnn.{layer}.node", m.join([h, received]))
    y = m.linear(h, p["gnn.project.weight"], p["gnn.project.bias"])
    return (m.vectors(y) - data["targets"].reshape(nodes, 3)).square().mean()


LOSSES = {"layer": (layer_loss, 5), "hulls": (hulls_loss, 5), "bodies": (bodies_loss, 3)}
PEERS = {"dense": Dense, "paths": Paths, "compiled": Paths}
CASES = {"layer-dense": (10, 20), "layer-paths": (10, 3), "layer-compiled": (10, 3),
         "hulls-dense": (3, 5), "hulls-paths": (5, 3), "hulls-compiled": (5, 3),
         "bodies-dense": (1, 5), "bodies-paths": (1, 3), "bodies-compiled": (1, 3)}


def loss_of(case):
    name, peer = case.split("-")
    function, n = LOSSES[name]
    prepared = {}

    def loss(torch, parameters, data):
        kind = data["targets"].dtype
        if kind not in prepared:
            algebra = Algebra(torch, n)
            algebra.table, algebra.sign = algebra.table.to(kind), algebra.sign.to(kind)
            kit = PEERS[peer](torch, algebra)
            kit.picks = peer == "compiled"  # an unrolled loop takes minutes to compile
            prepared[kind] = lambda p, d: function(kit, p, d)
            if peer == "compiled" and kind == torch.float32:
                prepared[kind] = torch.compile(prepared[kind])
        return prepared[kind](parameters, data)
    return loss


def cases():
    import torch
    wanted = os.environ.get("BENCH_CASES", " ".join(CASES)).split()
    return {case: CASES[case] for case in wanted
            if hasattr(torch, "compile") or not case.endswith("compiled")}


if __name__ == "__main__":
    steps.main(loss_of, cases() if sys.argv[1] != "--peer" else {},
               rate=lambda case: 0 if case.startswith("layer") else 1e-4)
