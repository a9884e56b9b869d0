"""Writes the files in small/: the same three tensors in every container, as PyTorch and NumPy write them.

    python small.py            # needs torch and numpy; the files in small/ are of torch 2.x and numpy 2.x

w: 2 x 3 float32, b: 3 float32 (one of them -0.0), n: one int64.
"""
import collections
import io
import json
import pickle
import struct
import sys
import types
from pathlib import Path

import numpy as np
import torch

OUT = Path(__file__).parent / "small"
W = torch.tensor([[0.0, 0.5, 1.0], [1.5, 2.0, 2.5]])
B = torch.tensor([-1.0, 2.0, -0.0])
N = torch.tensor(7)
STATE = collections.OrderedDict(w=W, b=B, n=N)
ARRAYS = {name: tensor.numpy() for name, tensor in STATE.items()}


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w = torch.nn.Parameter(W.clone())
        self.b = torch.nn.Parameter(B.clone())
        self.register_buffer("n", N.clone())
        self.register_buffer("temporary", torch.ones(2), persistent=False)

    def forward(self, x):
        return x @ self.w + self.b * self.n


class Python2(pickle._Pickler):
    """Writes what Python 2 wrote: strings are bytes."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_bytes(self, value):
        if isinstance(value, str):
            value = value.encode("ascii")
        short = len(value) < 256
        self.write(b"U" + bytes([len(value)]) if short else b"T" + struct.pack("<i", len(value)))
        self.write(value)

    dispatch[bytes] = dispatch[str] = save_bytes


def python2(value):
    out = io.BytesIO()
    Python2(out, protocol=2).dump(value)
    return out.getvalue().replace(b"numpy._core.", b"numpy.core.")


def persistent(name, state):
    """An object as StyleGAN2-ADA's torch_utils.persistence pickles it."""
    module = sys.modules.setdefault("torch_utils.persistence", types.ModuleType("torch_utils.persistence"))
    sys.modules.setdefault("torch_utils", types.ModuleType("torch_utils"))

    def _reconstruct_persistent_obj(meta):
        raise NotImplementedError

    _reconstruct_persistent_obj.__module__ = module.__name__
    _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
    module._reconstruct_persistent_obj = getattr(module, "_reconstruct_persistent_obj", _reconstruct_persistent_obj)

    class Persistent:
        def __reduce__(self):
            meta = dict(type="class", version=6, module_src="raise SystemExit('executed')", class_name=name, state=state)
            return module._reconstruct_persistent_obj, (meta,)

    return Persistent()


def module_state(parameters=(), buffers=(), modules=(), **values):
    return dict(values, training=False, _parameters=dict(parameters), _buffers=dict(buffers), _modules=dict(modules))


def write(name, data):
    (OUT / name).write_bytes(data)


def main():
    OUT.mkdir(exist_ok=True)
    torch.save(STATE, OUT / "zip.pth")
    torch.save(STATE, OUT / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"epoch": 3, "g_ema": STATE, "g": STATE, "args": types.SimpleNamespace(size=64)}, OUT / "nested.pth")
    torch.save(Net(), OUT / "module.pth")
    torch.save(Net(), OUT / "module_legacy.pth", _use_new_zipfile_serialization=False)
    torch.jit.trace(Net(), torch.ones(2)).save(str(OUT / "script.pt"))
    all_in_one = torch.cat([torch.full((4,), 9.0), W.t().contiguous().flatten(), B])
    views = dict(w=all_in_one[4:10].view(3, 2).t(), b=all_in_one[10:], n=N.expand(1).squeeze())
    torch.save(views, OUT / "views.pth")
    torch.save(views, OUT / "views_legacy.pth", _use_new_zipfile_serialization=False)
    kinds = "float16 bfloat16 float64 int8 uint8 int16 int32 int64 bool".split()
    torch.save({kind: torch.tensor([0, 1, 1, 0]).to(getattr(torch, kind)) for kind in kinds}, OUT / "kinds.pth")

    np.savez(OUT / "stored.npz", **ARRAYS, metadata=np.array(b"text"))
    np.savez_compressed(OUT / "deflated.npz", **ARRAYS, metadata=np.array(b"text"))
    fortran = {name: np.asfortranarray(array.astype("f8")) if array.ndim else array for name, array in ARRAYS.items()}
    np.savez(OUT / "fortran.npz", **fortran)

    nested = {"params": [ARRAYS["w"], ARRAYS["b"]], "n": ARRAYS["n"], "size": np.float64(2.5), "none": None}
    for protocol in (0, 2, 4, 5):
        write(f"arrays_{protocol}.pkl", pickle.dumps(nested, protocol))
    write("arrays_python2.pkl", python2(nested))
    write("fortran.pkl", pickle.dumps({name: np.asfortranarray(a) for name, a in ARRAYS.items()}, 4))

    inner = persistent("Layer", module_state({"w": W}, gain=0.5))
    outer = persistent("Generator", module_state({"b": B}, {"n": N}, {"inner": inner}, _init_kwargs=dict(z_dim=8)))
    for protocol in (3, 4):
        write(f"persistent_{protocol}.pkl", pickle.dumps({"G": None, "G_ema": outer}, protocol))

    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, kind in (("w", "F32"), ("b", "F32"), ("n", "I64")):
        raw = ARRAYS[name].tobytes()
        header[name] = dict(dtype=kind, shape=list(ARRAYS[name].shape), data_offsets=[len(data), len(data) + len(raw)])
        data += raw
    text = json.dumps(header).encode()
    write("table.safetensors", struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    main()
