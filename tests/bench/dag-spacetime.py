#!/usr/bin/env python3
"""A training step of dag-spacetime against the same step in eager PyTorch.

usage: dag-spacetime.py PROGRAM        (tests/bench/dag-spacetime, which makes the model and edges)

Both sides encode every node once, gather, and take the quasi-metric and the partial order, the
published loss, its gradient and a step of Adam. The PyTorch side is the plain formulation.
"""
import steps


def sigma(torch, x, exponents):
    """The fractal-like activation; both branches, as one writes it in PyTorch."""
    s, l = exponents[0].abs().clamp_min(0.05), exponents[-1].abs().clamp_min(0.05)
    size = x.abs().clamp_min(1e-12)
    return torch.sign(x) * torch.where(size < 1, size ** s, size ** l)


def matrix(torch, parameters, prefix):
    weight = parameters[prefix + ".weight"].abs()
    eye = torch.eye(*weight.shape, dtype=weight.dtype)
    return weight + parameters[prefix + ".identity"].abs() * eye


def loss(torch, parameters, data):
    source, target, weight = data["source"], data["target"], data["edge_weight"]
    functional = torch.nn.functional
    if "points" in parameters:
        points = parameters["points"]
    else:
        points = data["node_features"]
        for layer in range(10):
            p = f"encoder.{layer}."
            points = functional.linear(points, parameters[p + "weight"], parameters[p + "bias"])
            points = functional.layer_norm(points, points.shape[-1:], parameters[p + "norm.scale"],
                                           parameters[p + "norm.shift"], 1e-5)
            points = functional.silu(points)
        points = functional.linear(points, parameters["encoder.10.weight"],
                                   parameters["encoder.10.bias"])
    space, time_ = points[:, :4], points[:, 4:]
    bent = sigma(torch, space, parameters["metric.exponents"])
    u = (bent[source] - bent[target]).abs()
    z = time_
    for layer in range(4):
        p = f"metric.{layer}"
        u = sigma(torch, u, parameters[p + ".exponents"]) @ matrix(torch, parameters, p).T
        p = f"order.{layer}"
        z = sigma(torch, functional.leaky_relu(z, 0.01), parameters[p + ".exponents"]) \
            @ matrix(torch, parameters, p).T + parameters[p + ".bias"]
    difference = z[source] - z[target]
    with torch.no_grad():
        wrong = 1 - (difference <= 0).all(1).to(difference.dtype).mean()
    return ((u[:, 0] - weight) ** 2).mean() + wrong * torch.sigmoid(10 * difference).mean()


if __name__ == "__main__":
    steps.main(lambda case: loss, {"encoder": (20, 3), "free": (5, 3)}, rate=1e-4, tolerance=1e-3,
               together=True)
