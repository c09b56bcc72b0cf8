"""The published network for convex hulls, rewritten in PyTorch, trained and tested.

usage: official.py SEED STEPS EVERY TRAIN VALIDATION TEST

One linear layer, four steerable geometric product layers of 32 channels, the norm of each channel,
and a perceptron; Adam at 0.001 with batches of 128 and a cosine decay, the parameters of the best
evaluation. The geometric products gather, for every blade of the result, the 32 pairs that give it;
at the start they are compared with the published contraction over the dense table.
"""
import itertools
import math
import sys
import time

import numpy as np
import torch
from numpy.lib.format import read_array

N, BLADES, CHANNELS, BATCH = 5, 32, 32, 128


def tables():
    order = sorted(range(BLADES), key=lambda b: (bin(b).count("1"),
                                                 [i for i in range(N) if b >> i & 1]))
    place = {bitmap: index for index, bitmap in enumerate(order)}
    grade = torch.tensor([bin(b).count("1") for b in order])
    right = torch.zeros(BLADES, BLADES, dtype=torch.long)  # of result and left
    sign = torch.zeros(BLADES, BLADES)
    dense = torch.zeros(BLADES, BLADES, BLADES)            # left, result, right
    for a, b in itertools.product(range(BLADES), repeat=2):
        swaps = sum(bin((a >> s) & b).count("1") for s in range(1, N))
        left, result, other = place[a], place[a ^ b], place[b]
        right[result, left] = other
        sign[result, left] = dense[left, result, other] = -1.0 if swaps % 2 else 1.0
    triples = sorted({(int(grade[i]), int(grade[j]), int(grade[k]))
                      for i, j, k in dense.nonzero().tolist()})
    number = {triple: index for index, triple in enumerate(triples)}
    path = torch.zeros(BLADES, BLADES, dtype=torch.long)
    for result, left in itertools.product(range(BLADES), repeat=2):
        path[result, left] = number[int(grade[left]), int(grade[result]),
                                    int(grade[right[result, left]])]
    return grade, right, sign, dense, path, len(triples)


GRADE, RIGHT, SIGN, DENSE, PATH, PATHS = tables()
SUMS = torch.nn.functional.one_hot(GRADE).float()


def product(x, z, weight):  # (samples, channels, blades), weight (channels, paths)
    table = weight[:, PATH] * SIGN
    return (z[..., RIGHT] * table @ x[..., None]).squeeze(-1)


def dense_product(x, z, weight):
    spread = torch.zeros(len(weight), BLADES, BLADES, BLADES)
    result, left = torch.meshgrid(torch.arange(BLADES), torch.arange(BLADES), indexing="ij")
    spread[:, left, result, RIGHT] = weight[:, PATH]
    return torch.einsum("bni,nijk,bnk->bnj", x, DENSE * spread, z)


class Linear(torch.nn.Module):
    def __init__(self, inputs, outputs, by_grade, bias):
        super().__init__()
        grades = (N + 1,) if by_grade else (1,)
        self.weight = torch.nn.Parameter(torch.randn(*grades, outputs, inputs) / math.sqrt(inputs))
        self.bias = torch.nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x):
        if len(self.weight) == 1:
            y = torch.matmul(self.weight[0], x)
        else:
            y = torch.bmm(x.permute(2, 0, 1), self.weight[GRADE].transpose(1, 2)).permute(1, 2, 0)
        if self.bias is not None:
            y = y + torch.nn.functional.pad(self.bias[:, None], (0, BLADES - 1))
        return y


class Product(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.left = Linear(CHANNELS, CHANNELS, True, True)
        self.right = Linear(CHANNELS, CHANNELS, True, False)
        self.normalise = torch.nn.Parameter(torch.zeros(CHANNELS, N + 1))
        self.weight = torch.nn.Parameter(torch.randn(CHANNELS, PATHS) / math.sqrt(N + 1))

    def forward(self, x):
        z = self.right(x)
        norm = ((z.square() @ SUMS).square() + 1e-16) ** 0.25
        factor = torch.sigmoid(self.normalise) * (norm - 1) + 1 + 1e-6
        return (self.left(x) + product(x, z / factor[..., GRADE], self.weight)) / math.sqrt(2)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Sequential(Linear(16, CHANNELS, False, True),
                                        *(Product() for _ in range(4)))
        self.head = torch.nn.Sequential(torch.nn.Linear(CHANNELS, CHANNELS), torch.nn.SiLU(),
                                        torch.nn.Linear(CHANNELS, 1))

    def forward(self, points):
        x = self.body(torch.nn.functional.pad(points, (1, BLADES - 1 - N)))
        return self.head(x.norm(dim=-1)).squeeze(-1)


def read(path):
    points, volumes = [], []
    with open(path, "rb") as file:
        while file.peek(1):
            block = [read_array(file) for _ in range(5)]
            points.append(block[1])
            volumes.append(block[2][:, 0])
    return torch.from_numpy(np.concatenate(points)), torch.from_numpy(np.concatenate(volumes))


def error_of(network, points, volumes):
    with torch.no_grad():
        found = torch.cat([network(piece) for piece in points.split(256)])
    return (found - volumes).square().mean().item()


def train(network, steps, every, data, validation):
    points, volumes = data
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 50, 0.01 + 0.495 *
                                    (1 + math.cos(math.pi * max(step - 50, 0) / (steps - 50)))))
    order, best, kept = torch.randperm(len(points)), math.inf, None
    for step in range(steps):
        first = step * BATCH % len(points)
        if first == 0:
            order = torch.randperm(len(points))
        batch = order[first:first + BATCH]
        optimizer.zero_grad()
        loss = (network(points[batch]) - volumes[batch]).square().mean()
        loss.backward()
        optimizer.step()
        schedule.step()
        if (step + 1) % every == 0 or step + 1 == steps:
            figure = error_of(network, *validation)
            if figure < best:
                best, kept = figure, {name: value.clone()
                                      for name, value in network.state_dict().items()}
    network.load_state_dict(kept)


def main():
    seed, steps, every = (int(argument) for argument in sys.argv[1:4])
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    x, z, weight = torch.randn(2, 3, BLADES), torch.randn(2, 3, BLADES), torch.randn(3, PATHS)
    assert torch.allclose(product(x, z, weight), dense_product(x, z, weight), atol=1e-4)
    network = Network()
    started = time.process_time()
    train(network, steps, every, read(sys.argv[4]), read(sys.argv[5]))
    print(f"official,{seed},{steps},{error_of(network, *read(sys.argv[6])):.6g},"
          f"{time.process_time() - started:.1f}")


if __name__ == "__main__":
    main()
