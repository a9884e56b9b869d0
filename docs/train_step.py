#!/usr/bin/env python3
"""PyTorch's time for one step of the landscape GAN's training, to set beside `latent-studio bench train`.

The same networks and the same work: a DCGAN of 64 x 64 pixels, batch norm in the generator, spectral norm (one power
iteration) in the discriminator, hinge loss, pictures moved and recoloured in front of the discriminator, Adam for both,
a moving average of the generator. Both memory layouts are tried and the faster one is kept.

Usage:  train_step.py [--width 32] [--batch 32] [--threads N] [--seconds 10]
Prints: one JSON object: median milliseconds of a step.
Needs:  torch (CPU is enough).
"""
import argparse
import copy
import json
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm


def generator(latent, width):
    layers = [nn.ConvTranspose2d(latent, 8 * width, 4, 1, 0, bias=False), nn.BatchNorm2d(8 * width), nn.ReLU(True)]
    for factor in (8, 4, 2):
        layers += [nn.ConvTranspose2d(factor * width, factor // 2 * width, 4, 2, 1, bias=False),
                   nn.BatchNorm2d(factor // 2 * width), nn.ReLU(True)]
    return nn.Sequential(*layers, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())


def discriminator(width):
    layers, inputs = [], 3
    for factor in (1, 2, 4, 8):
        layers += [spectral_norm(nn.Conv2d(inputs, factor * width, 4, 2, 1)), nn.LeakyReLU(0.2, True)]
        inputs = factor * width
    return nn.Sequential(*layers, spectral_norm(nn.Conv2d(inputs, 1, 4)))


def augment(x):
    """A colour change and a shift for every picture, as in DiffAugment (Zhao et al. 2020)."""
    def jitter(most):
        return (2 * torch.rand(x.shape[0], 1, 1, 1) - 1) * most

    x = x + jitter(0.1)
    mean = x.mean(dim=1, keepdim=True)
    x = mean + (x - mean) * (1 + jitter(0.2))
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    x = mean + (x - mean) * (1 + jitter(0.1))
    most = 3
    padded = F.pad(x, (most,) * 4).permute(0, 2, 3, 1)
    count, side = x.shape[0], x.shape[2]
    dy, dx = torch.randint(0, 2 * most + 1, (2, count, 1, 1))
    rows = torch.arange(side).view(1, side, 1) + dy
    columns = torch.arange(side).view(1, 1, side) + dx
    return padded[torch.arange(count).view(count, 1, 1), rows, columns].permute(0, 3, 1, 2)


def median_ms(work, seconds):
    work()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def steps(width, batch, channels_last, seconds):
    torch.manual_seed(0)
    g, d = generator(100, width), discriminator(width)
    real = torch.rand(batch, 3, 64, 64) * 2 - 1
    if channels_last:
        g, d = g.to(memory_format=torch.channels_last), d.to(memory_format=torch.channels_last)
        real = real.contiguous(memory_format=torch.channels_last)
    average = copy.deepcopy(g)
    adam_g = torch.optim.Adam(g.parameters(), lr=1.5e-4, betas=(0.5, 0.99))
    adam_d = torch.optim.Adam(d.parameters(), lr=4e-4, betas=(0.5, 0.99))

    def step():
        fake = g(torch.randn(batch, 100, 1, 1))
        logits = d(augment(torch.cat([real, fake.detach()])))
        loss = F.relu(1 - logits[:batch]).mean() + F.relu(1 + logits[batch:]).mean()
        adam_d.zero_grad(set_to_none=True)
        loss.backward()
        adam_d.step()
        d.requires_grad_(False)
        loss = -d(augment(fake)).mean()
        adam_g.zero_grad(set_to_none=True)
        loss.backward()
        adam_g.step()
        d.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(g.parameters()), 1e-3)

    return median_ms(step, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    best = min((steps(args.width, args.batch, last, args.seconds), last) for last in (False, True))
    print(json.dumps({"peer": f"torch {torch.__version__}", "width": args.width, "batch": args.batch,
                      "threads": args.threads, "channels_last": best[1], "step_ms": round(best[0], 2)}))


if __name__ == "__main__":
    main()
