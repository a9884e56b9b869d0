#!/usr/bin/env python3
"""PyTorch's time for one latent step of the bundled landscape model, to set beside `latent-studio bench step --model
landscape`: the same layers with batch norm folded away, forward and gradient of mean(x^2) with respect to the latents.
Both memory layouts are tried and the faster one is kept.

Usage:  landscape_step.py [--batch 1 8 32] [--threads N] [--seconds 3]
Prints: a JSON object for every batch: median milliseconds.
Needs:  torch (CPU is enough).
"""
import argparse
import json

import torch
import torch.nn as nn

from train_step import generator, median_ms

WIDTH = 32


def folded(layers):
    """The layers without batch norm, whose numbers are part of the weights at inference; a bias takes its place."""
    kept = []
    for layer in layers:
        if isinstance(layer, nn.BatchNorm2d):
            kept[-1].bias = nn.Parameter(torch.zeros(layer.num_features))
        else:
            kept.append(layer)
    return nn.Sequential(*kept).eval().requires_grad_(False)


def measure(batch, channels_last, seconds):
    torch.manual_seed(0)
    g = folded(generator(100, WIDTH))
    if channels_last:
        g = g.to(memory_format=torch.channels_last)
    z = torch.randn(batch, 100, 1, 1, requires_grad=True)

    def forward():
        with torch.no_grad():
            g(z)

    def step():
        z.grad = None
        (g(z) ** 2).mean().backward()

    return median_ms(step, seconds), median_ms(forward, seconds), channels_last


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=3)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for batch in args.batch:
        step, forward, last = min(measure(batch, last, args.seconds) for last in (False, True))
        print(json.dumps({"peer": f"torch {torch.__version__}", "width": WIDTH, "batch": batch,
                          "threads": args.threads, "channels_last": last,
                          "forward_ms": round(forward, 2), "step_ms": round(step, 2)}), flush=True)


if __name__ == "__main__":
    main()
