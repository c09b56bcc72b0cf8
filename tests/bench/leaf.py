#!/usr/bin/env python3
"""A training step of a leaf of a neural pathway against the same step in eager PyTorch.

usage: leaf.py PROGRAM        (tests/bench/leaf, which makes the perceptron and the rows)

Both sides run a perceptron with two hidden layers of ReLU on a batch of 64 rows of 8 columns, forward
and back under the mean squared error, and take a step of Adam.
"""
import steps


def loss(torch, parameters, data):
    h = data["x"]
    for layer in range(3):
        h = torch.nn.functional.linear(h, parameters[f"network.{layer}.weight"],
                                       parameters[f"network.{layer}.bias"])
        if layer < 2:
            h = torch.relu(h)
    return torch.nn.functional.mse_loss(h[:, 0], data["targets"])


if __name__ == "__main__":
    steps.main(lambda case: loss, {"leaf32": (2000, 3), "leaf64": (2000, 3), "leaf256": (500, 1)},
               1e-3)
