#!/usr/bin/env python3
"""A training step of graph-infer against the same in eager PyTorch.

usage: graph-infer.py PROGRAM ITEMS FEATURES NEIGHBOURS WANTED   (see graph-infer.c)

Both sides find neighbours of all items in four spaces, propagate over the four graphs, attend,
differentiate cross entropy and the graph loss, and take a step of Adam. In the case "nearest" each goes on
with the k nearest that it found; in the case "drawn", as in training, each draws by its own Gumbel noise,
and PyTorch goes on with the lists that we drew, so that results can be compared. PyTorch has all
distances in a matrix; of a snowflake, which is increasing, the nearest are those of the distances below
it.
"""
import functools
import sys

import steps

NAMES = ("e16", "h16", "s16", "f16")


def vectors(torch, parameters, data, name):
    return data["features"] @ parameters[f"layer.0.{name}.from_features"].T


def exponential(torch, v, kind):
    r = v.norm(dim=1, keepdim=True)
    if kind == "h":
        return torch.sinh(r) / r * v
    if kind == "s":
        return torch.cat([torch.cos(r), torch.sin(r) / r * v], 1)
    return v


def search(torch, parameters, z, name, k, drawn):
    """The k nearest of every row by a measure that grows with the distance, or a draw of them."""
    with torch.no_grad():
        kind, product = name[0], z @ z.T
        if kind == "h":
            time = (1 + (z * z).sum(1)).sqrt()
            measure = time[:, None] * time - product
        elif kind == "s":
            measure = -product
        else:
            square = (z * z).sum(1)
            measure = square[:, None] + square - 2 * product
        if drawn:
            measure = keys(torch, parameters, measure, name)
        measure.fill_diagonal_(float("inf"))
        return measure.topk(k, 1, largest=False).indices


def keys(torch, parameters, measure, name):
    """t d^2 minus Gumbel noise."""
    if name[0] == "h":
        d = torch.acosh(measure.clamp_min_(1))
    elif name[0] == "s":
        d = torch.acos((-measure).clamp_(-1, 1))
    else:
        d = measure.clamp_min_(0).sqrt_()
    if name[0] in "hs":
        d *= parameters[f"layer.0.{name}.log_radius"].exp()
    if name[0] == "f":
        d = snowflake(torch, parameters, d, name)
    noise = torch.rand_like(d).log_().neg_().log_()
    return noise.add_(parameters[f"layer.0.{name}.log_temperature"].exp() * d * d)


def adjacency(torch, lists):
    n, k = lists.shape
    row = torch.arange(n).repeat_interleave(k)
    column, own = lists.reshape(-1), torch.arange(n)
    pairs = torch.stack([torch.cat([row, column, own]), torch.cat([column, row, own])])
    matrix = torch.sparse_coo_tensor(pairs, torch.ones(pairs.shape[1]), (n, n)).coalesce()
    index = matrix.indices()
    degree = torch.zeros(n).index_add_(0, index[0], torch.ones(index.shape[1]))
    scale = degree.rsqrt()
    return torch.sparse_coo_tensor(index, scale[index[0]] * scale[index[1]], (n, n))


def distances(torch, parameters, z, lists, rows, name):
    a, b = z[:rows, None, :], z[lists[:rows]]
    if name[0] == "h":
        difference = ((a - b) ** 2).sum(-1)
        times = (1 + (a * a).sum(-1)).sqrt() - (1 + (b * b).sum(-1)).sqrt()
        d = 2 * torch.asinh((difference - times ** 2).clamp_min(1e-12).sqrt() / 2)
    elif name[0] == "s":
        d = 2 * torch.asin((((a - b) ** 2).sum(-1)).sqrt() / 2)
    else:
        d = ((a - b) ** 2).sum(-1).sqrt()
    if name[0] in "hs":
        return d * parameters[f"layer.0.{name}.log_radius"].exp()
    return snowflake(torch, parameters, d, name) if name[0] == "f" else d


def snowflake(torch, parameters, d, name):
    prefix = f"layer.0.{name}.snowflake."
    part = lambda what: parameters[f"{prefix}0.{what}"]
    z = d[..., None] @ part("expansion").abs().T
    a, b = torch.sigmoid(part("exponents"))
    c = part("mixture").abs()
    h = c[0] * -torch.expm1(-z) + c[1] * z ** a + c[2] * torch.log1p(z) ** b
    return (h @ part("contraction").abs().T)[..., 0] ** (1 + parameters[prefix + "power"].abs())


def loss(torch, parameters, data, drawn):
    functional = torch.nn.functional
    k, rows = int(data["neighbours"][0]), len(data["delta"])
    points = {n: exponential(torch, vectors(torch, parameters, data, n), n[0]) for n in NAMES}
    lists = {n: search(torch, parameters, points[n], n, k, drawn) for n in NAMES}
    if drawn:
        lists = {n: data[f"lists.{n}"] for n in NAMES}
    graphs = [adjacency(torch, lists[n]).to(data["features"].dtype) for n in NAMES]
    h, betas = data["features"], []
    for layer in (0, 1):
        part = lambda what: parameters[f"layer.{layer}.{what}"]
        messages = h @ part("weight").T
        branches = [graph @ messages + part("bias") for graph in graphs]
        scores = torch.stack([(torch.tanh(branch @ part("attention.weight").T +
                                          part("attention.bias")) @
                               part("attention.direction").T).mean() for branch in branches])
        beta = functional.softmax(scores, 0)
        betas.append(beta)
        h = sum(weight * branch for weight, branch in zip(beta, branches))
        h = torch.relu(h) if layer == 0 else h
    total = functional.cross_entropy(h, data["labels"], ignore_index=-1)
    for s, name in enumerate(NAMES):
        d = distances(torch, parameters, points[name], lists[name], rows, name)
        likely = -parameters[f"layer.0.{name}.log_temperature"].exp() * d ** 2
        total = total + betas[0][s] * (data["delta"][:, None] * likely).sum() / (rows * k)
    return total


if __name__ == "__main__":
    wanted = 0 if sys.argv[1] == "--peer" else float(sys.argv.pop())
    steps.main(lambda case: functools.partial(loss, drawn=case == "drawn"),
               {"nearest": (1, 0), "drawn": (1, wanted)}, rate=1e-4, tolerance=1e-3, together=True,
               wanted_memory=1, exact=False)
