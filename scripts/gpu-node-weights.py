"""Made-up weights of a network: gpu-node-weights.py STATEDICT.txt OUT.safetensors. Its answers mean nothing, its speed does.

STATEDICT.txt has a line "name (shape)" a parameter, as tests/priors/statedict/. Activations stay of order one.
"""
import ctypes
import json
import re
import struct
import sys

import torch

torch.manual_seed(0)
tensors = {}
for line in open(sys.argv[1]):
    if not (match := re.match(r"(\S+)\s+\(([\d, ]*)\)", line)):
        continue
    shape = [int(size) for size in match[2].replace(" ", "").split(",") if size]
    fan_in = 1
    for size in shape[1:]:
        fan_in *= size
    values = torch.randn(shape) * (0.1 if len(shape) == 1 else fan_in**-0.5)
    is_scale = len(shape) == 1 and (".0.weight" in match[1] or match[1].endswith("norm.weight"))
    tensors[match[1]] = values + 1 if is_scale else values

header, offset = {}, 0
for name, values in tensors.items():
    size = 4 * values.numel()
    header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + size]}
    offset += size
text = json.dumps(header).encode()
text += b" " * (-len(text) % 64)
with open(sys.argv[2], "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text)
    for values in tensors.values():
        values = values.contiguous()
        file.write(ctypes.string_at(values.data_ptr(), 4 * values.numel()))  # numpy need not be there
print(f"{len(tensors)} tensors, {offset / 4e6:.1f} M numbers")
