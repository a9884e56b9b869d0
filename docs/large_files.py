#!/usr/bin/env python3
"""Measures how fast `latent-studio inspect` looks into large checkpoints, and how much memory it takes.

    python3 docs/large_files.py FOLDER --studio target/release/latent-studio

Writes a full-size iGAN checkpoint (79 MB) and files of 0.5 and 1 GB into FOLDER, once. Needs torch and numpy to
write them. Each figure is the median of five processes, with the file in the system's cache and without.
"""
import argparse
import collections
import json
import os
import pathlib
import resource
import statistics
import struct
import subprocess
import sys
import time


def write(folder):
    import numpy as np
    import torch

    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "engine/tests/data/checkpoints"))
    import small

    draw = np.random.default_rng(0)
    array = lambda *shape: draw.standard_normal(shape, dtype=np.float32)
    width = 128
    params = [array(100, width * 128), array(width * 128), array(width * 128)]
    for wide in (8, 4, 2):
        narrow = width * wide // 2
        params += [array(width * wide, narrow, 5, 5), array(narrow), array(narrow)]
    params.append(array(width, 3, 5, 5))
    norms = [array(n) for n in (width * 128, width * 4, width * 2, width)] * 2
    igan = dict(gen_params=params, gen_batchnorm=norms)
    (folder / "igan.dcgan_theano").write_bytes(small.python2(igan))

    state = collections.OrderedDict((f"layers.{i}.weight", torch.from_numpy(array(25, 1000, 1000))) for i in range(5))
    torch.save(state, folder / "half.pth")
    torch.save(state, folder / "half_legacy.pth", _use_new_zipfile_serialization=False)
    np.savez(folder / "half.npz", **{name: tensor.numpy() for name, tensor in state.items()})
    table, at = {}, 0
    for name, tensor in state.items():
        table[name] = dict(dtype="F32", shape=list(tensor.shape), data_offsets=[at, at := at + 4 * tensor.numel()])
    text = json.dumps(table).encode()
    with open(folder / "half.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in state.values():
            file.write(tensor.numpy().tobytes())
    state.update({f"more.{i}.weight": state[f"layers.{i}.weight"] + 1 for i in range(5)})
    torch.save(state, folder / "one.pth")


def forget(path):
    """Takes a file out of the system's cache."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(studio, path, cold):
    times = []
    for _ in range(5):
        if cold:
            forget(path)
        start = time.perf_counter()
        subprocess.run([studio, "inspect", path], capture_output=True, check=False)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--studio", default="target/release/latent-studio")
    arguments = parser.parse_args()
    if not (arguments.folder / "one.pth").exists():
        arguments.folder.mkdir(parents=True, exist_ok=True)
        write(arguments.folder)
        # A new process: what a process has in memory counts for those that it starts.
        os.execv(sys.executable, [sys.executable, *sys.argv])
    print("| file | MB | ms, in the cache | ms, not in the cache |\n|---|---|---|---|")
    for path in sorted(arguments.folder.iterdir()):
        warm = measure(arguments.studio, path, False)
        cold = measure(arguments.studio, path, True)
        print(f"| {path.name} | {path.stat().st_size / 1e6:.0f} | {warm:.0f} | {cold:.0f} |")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nPeak memory of any of these processes: {peak:.0f} MB.")


if __name__ == "__main__":
    main()
