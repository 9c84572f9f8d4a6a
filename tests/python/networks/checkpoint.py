"""A checkpoint with the vectors that its library gave for it (tests/golden/README.md)."""
import json
import struct

from dpsbench import read_safetensors


def read_checkpoint(path):
    """(weights by name, vectors by name, metadata); all in single precision but the vectors in double."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        told = json.loads(file.read(length))["__metadata__"]
    tensors = read_safetensors(path)
    vectors = {name[3:]: tensor for name, tensor in tensors.items() if name.startswith("io.")}
    return {name: tensor.float() for name, tensor in tensors.items() if not name.startswith("io.")}, vectors, told
