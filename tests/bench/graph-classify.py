#!/usr/bin/env python3
"""An epoch of graph-classify on a whole graph against the same in eager PyTorch.

usage: graph-classify.py PROGRAM FOLDER LAYERS HIDDEN WANTED   (see graph-classify.c)

Both sides compute an SMPNN, the cross entropy of the training nodes, its gradient and a step of
Adam. PyTorch multiplies by the normalised adjacency in compressed rows. WANTED is the least ratio. The
results are compared in single precision: in double the graph would not fit into many a memory.
"""
import sys

import steps


def symmetric_product(torch):
    """A H where the gradient is A dY: A is symmetric, so PyTorch need not turn it round."""
    class Product(torch.autograd.Function):
        @staticmethod
        def forward(context, matrix, x):
            context.matrix = matrix
            return matrix @ x

        @staticmethod
        def backward(context, gradient):
            return None, context.matrix @ gradient
    return Product.apply


def loss(torch, parameters, data):
    functional = torch.nn.functional
    if "matrix" not in data:
        nodes = len(data["offsets"]) - 1
        data["matrix"] = torch.sparse_csr_tensor(data["offsets"], data["indices"], data["values"],
                                                 (nodes, nodes))
        data["product"] = symmetric_product(torch)

    def normal(h, prefix):
        return functional.layer_norm(h, h.shape[-1:], parameters[prefix + "norm.scale"],
                                     parameters[prefix + "norm.shift"], 1e-5)

    def linear(h, prefix):
        return functional.linear(h, parameters[prefix + "weight"], parameters.get(prefix + "bias"))

    h = linear(data["features"], "input.")
    for layer in range(sum(name.endswith("mix.weight") for name in parameters)):
        mix, feed = f"block.{layer}.mix.", f"block.{layer}.feed."
        heard = data["product"](data["matrix"], linear(normal(h, mix), mix))
        h = h + parameters[mix + "alpha"] * functional.silu(heard)
        h = h + parameters[feed + "alpha"] * functional.silu(linear(normal(h, feed), feed))
    logits = linear(normal(h, "output."), "output.")
    return functional.cross_entropy(logits, data["labels"], ignore_index=-1)


if __name__ == "__main__":
    wanted = 0 if sys.argv[1] == "--peer" else float(sys.argv.pop())
    steps.main(lambda case: loss, {"epoch": (1, wanted)}, rate=1e-3, tolerance=1e-3, together=True,
               wanted_memory=2, exact=False)
