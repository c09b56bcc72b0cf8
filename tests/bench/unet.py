#!/usr/bin/env python3
"""A training step of a U-Net denoiser against the same step in eager PyTorch.

usage: unet.py PROGRAM        (tests/bench/unet, which makes the network and the images)

Both sides embed the time, run the U-Net of lib/nn/unet.h forward and back, and take a step of Adam.
The PyTorch side is written as one writes it, in the memory format that is faster there
(channels_last; TORCH_FORMAT=contiguous chooses the other).
"""
import os

import steps

LEVELS = 3


def loss(torch, parameters, data):
    functional = torch.nn.functional
    last = os.environ.get("TORCH_FORMAT") != "contiguous"
    layout = torch.channels_last if last else torch.contiguous_format

    def convolve(name, x, stride=1):
        # Our weights are (out, rows, columns, in); the view costs nothing in channels_last.
        weight = parameters[name + ".weight"].permute(0, 3, 1, 2)
        if not last:
            weight = weight.contiguous()
        return functional.conv2d(x, weight, parameters[name + ".bias"], stride,
                                 weight.shape[-1] // 2)

    def norm(name, x, embedding):
        if embedding is None:
            return functional.silu(functional.group_norm(
                x, 8, parameters[name + ".scale"], parameters[name + ".shift"], 1e-5))
        both = functional.linear(embedding, parameters[name + ".weight"], parameters[name + ".bias"])
        scale, shift = both[:, :, None, None].chunk(2, 1)
        return functional.silu(functional.group_norm(x, 8, eps=1e-5) * (1 + scale) + shift)

    def block(name, x):
        h = convolve(name + ".first", norm(name + ".norm.0", x, embedding))
        h = convolve(name + ".second", norm(name + ".norm.1", h, embedding))
        return h + (convolve(name + ".skip", x) if name + ".skip.weight" in parameters else x)

    t = data["times"]
    frequencies = 1000 * 1e-4 ** torch.linspace(0, 1, parameters["time.0.weight"].shape[1] // 2,
                                                dtype=t.dtype)
    angles = t[:, None] * frequencies
    waves = torch.cat([angles.cos(), angles.sin()], 1)
    embedding = functional.linear(waves, parameters["time.0.weight"], parameters["time.0.bias"])
    embedding = functional.linear(functional.silu(embedding), parameters["time.1.weight"],
                                  parameters["time.1.bias"])
    embedding = functional.silu(embedding)

    x, e, t = data["data"][:, None], data["noise"][:, None], t[:, None, None, None]
    z = (t * x + (1 - t) * e).contiguous(memory_format=layout)
    h = convolve("enter", z / (t ** 2 + (1 - t) ** 2).sqrt())
    across = []
    for level in range(LEVELS):
        h = block(f"down.{level}.0", h)
        across.append(h)
        if level + 1 < LEVELS:
            h = convolve(f"shrink.{level}", h, 2)
    h = block("middle", h)
    for level in reversed(range(LEVELS)):
        if level + 1 < LEVELS:
            h = convolve(f"grow.{level}",
                         functional.interpolate(h, size=across[level].shape[2:], mode="nearest"))
        h = block(f"up.{level}.0", torch.cat([h, across[level]], 1))
    v = convolve("leave", norm("norm", h, None))
    return functional.mse_loss(v, x - e)


if __name__ == "__main__":
    steps.main(lambda case: loss, {"unet32": (2, 1), "unet64": (2, 1)}, rate=1e-4, tolerance=1e-3,
               together=True)
