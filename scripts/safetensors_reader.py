"""Reads safetensors files, and models in several files beside an index.json, for convert_weights.py."""
import json
import math
import os
import struct

from checkpoint_reader import Refusal, Tensor, np, whole_numbers

NUMPY_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "U8": "u1"}  # numpy has no bfloat16
LONGEST_HEADER = 64 << 20


def is_safetensors(path):
    with open(path, "rb") as file:
        start = file.read(9)
    return len(start) == 9 and start[8:] == b"{" and struct.unpack("<Q", start[:8])[0] <= os.path.getsize(path) - 8


def tensor_of(path, begin, name, described):
    """One tensor, whose numbers are read when they are asked for."""
    try:
        kind, shape, (first, last) = described["dtype"], tuple(described["shape"]), described["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise Refusal(f"{path}: tensor {name} is not described as safetensors files do") from None
    if kind not in NUMPY_TYPES:
        raise Refusal(f"{path}: tensor {name} is of type {kind}; allowed: {', '.join(NUMPY_TYPES)}")
    size = math.prod(whole_numbers(shape)) * np.dtype(NUMPY_TYPES[kind]).itemsize
    if type(first) is not int or type(last) is not int or not 0 <= first <= last or last - first != size or begin + last > os.path.getsize(path):
        raise Refusal(f"{path}: tensor {name} does not lie inside the file: it is damaged or truncated")

    def array():
        with open(path, "rb") as file:
            file.seek(begin + first)
            return np.frombuffer(file.read(size), NUMPY_TYPES[kind]).reshape(shape)

    return Tensor(kind, shape, array)


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > LONGEST_HEADER:
            raise Refusal(f"{path}: its header would have {length} bytes")
        try:
            header = json.loads(file.read(length))
        except ValueError as error:
            raise Refusal(f"{path}: its header is damaged ({error})") from None
    return {name: tensor_of(path, 8 + length, name, described) for name, described in header.items() if name != "__metadata__"}


def read_index(path, read_file):
    """A model in several files, as `{"weight_map": {tensor: file}}` names them; all lie beside the index."""
    try:
        with open(path, encoding="utf-8") as file:
            places = json.load(file)["weight_map"]
        files = sorted(set(places.values()))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal('it is no index of a model in several files, which is {"weight_map": {tensor: file}}') from None
    if any(os.path.basename(name) != name for name in files):
        raise Refusal("its index names files in other folders")
    tensors = {}
    for name in files:
        part = os.path.join(os.path.dirname(path), name)
        if not os.path.isfile(part):
            raise Refusal(f"{name}, which its index names, is not beside it; there must be {', '.join(files)}")
        tensors.update(read_file(part))
    missing = sorted(set(places) - set(tensors))
    if missing:
        raise Refusal(f"{len(missing)} tensors of its index are in none of its files ({', '.join(missing[:3])})")
    return {name: tensors[name] for name in places}
