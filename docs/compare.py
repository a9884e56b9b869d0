#!/usr/bin/env python3
"""Time to match: Latent Studio beside a PyTorch program that follows iGAN's published recipe, in one run.

For every set of strokes the peer runs its 40 iterations of 64 latents; the cost of its best picture is what the
studio then has to reach on the same weights and strokes. Prints a Markdown table.

Usage:  compare.py --peer igan_torch.py --checkpoint netG.pth --strokes DIR [--studio target/release/latent-studio]
        The peer takes --checkpoint, --color, --color-mask, --edge and prints one JSON object per iteration with
        "seconds" and "best". DIR holds a folder for every set: color.png, color_mask.png and maybe edge.png.
Needs:  what the peer needs.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile


def lines(command):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer", required=True)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--strokes", type=pathlib.Path, required=True)
    parser.add_argument("--studio", default="target/release/latent-studio")
    args = parser.parse_args()

    sets = sorted(path for path in args.strokes.iterdir() if (path / "color_mask.png").is_file())
    peer = {}
    for strokes in sets:
        command = [sys.executable, args.peer, "--checkpoint", args.checkpoint]
        command += ["--color", strokes / "color.png", "--color-mask", strokes / "color_mask.png"]
        if (strokes / "edge.png").is_file():
            command += ["--edge", strokes / "edge.png"]
        peer[strokes.name] = lines(command)[-1]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as until:
        json.dump({name: row["best"] for name, row in peer.items()}, until)
        until.flush()
        ours = lines([args.studio, "bench", "match", "--model", args.checkpoint,
                      "--strokes", args.strokes, "--until", until.name])

    print("| strokes | cost to reach | PyTorch recipe, ms | studio, ms | evaluations | times sooner "
          "| studio's final cost (ms) | its norm, of the prior's |")
    print("|---|---|---|---|---|---|---|---|")
    ratios = []
    for row in ours:
        theirs = peer[row["strokes"]]
        reached = row["reached_ms"]
        ratio = theirs["seconds"] * 1e3 / reached if reached else 0
        ratios.append(ratio)
        print(f"| {row['strokes']} | {theirs['best']:.4f} | {theirs['seconds'] * 1e3:.0f} "
              f"| {f'{reached:.1f}' if reached else 'never'} | {row['reached_evaluations']} | {ratio:.0f} "
              f"| {row['best']:.4f} ({row['total_ms']:.0f}) | {row['spread']:.2f} |")
    print(f"\nMedian: {statistics.median(ratios):.0f} times sooner. "
          f"The bank, made once per model: {ours[0]['bank_ms']:.0f} ms.")


if __name__ == "__main__":
    main()
