#!/usr/bin/env python3
"""A training step of graph-embed against the same step in eager PyTorch.

usage: graph-embed.py PROGRAM PAIRS     (tests/bench/graph-embed, which makes the points and pairs)

Both sides take pairs of 2,485 points in 10 dimensions: gather, distance, loss (mean squared relative
error), backward, Adam. The PyTorch side is the plain formulation.
"""
import steps


def distances(torch, geometry, parameters, source, target):
    """The embedded distances of pairs, as one writes them in PyTorch."""
    points = parameters["points"]
    a, b = points[source], points[target]
    if geometry == "hyperbolic":  # the Lorentz model; points hold the space-like coordinates
        a_time = torch.sqrt(1 + (a * a).sum(1))
        b_time = torch.sqrt(1 + (b * b).sum(1))
        inner = a_time * b_time - (a * b).sum(1)
        return torch.exp(parameters["log_radius"]) * torch.acosh(inner.clamp_min(1 + 1e-7))
    d = torch.sqrt(((a - b) ** 2).sum(1))
    if geometry == "euclidean":
        return d
    u = d[:, None]
    for layer in range(2):
        weights = {name: parameters[f"snowflake.{layer}.{name}"]
                   for name in ("expansion", "contraction", "mixture", "exponents")}
        exponents = torch.sigmoid(weights["exponents"])
        z = u @ weights["expansion"].abs().T
        features = torch.stack([1 - torch.exp(-z), z ** exponents[0],
                                torch.log1p(z) ** exponents[1]], dim=-1)
        u = (features @ weights["mixture"].abs()) @ weights["contraction"].abs().T
    return u[:, 0] ** (1 + parameters["snowflake.power"].abs())


def loss_of(geometry):
    def loss(torch, parameters, data):
        d = distances(torch, geometry, parameters, data["source"], data["target"])
        return ((d / data["distance"] - 1) ** 2).mean()
    return loss


if __name__ == "__main__":
    steps.main(loss_of, {"euclidean": (5, 3), "hyperbolic": (5, 3), "snowflake": (5, 8)}, rate=1e-3,
               wanted_memory=4)
