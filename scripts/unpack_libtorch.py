"""Unpacks from PyPI wheels only what is needed: unpack_libtorch.py WHEELS_DIR TARGET cpu|cuda|python

cpu, cuda: what a C++ program needs. python: what torch in Python needs beyond that, to stand beside it.
"""
import pathlib
import sys
import zipfile

CPU_LIBRARIES = {"libtorch.so", "libtorch_cpu.so", "libc10.so", "libgomp.so.1"}
CUDA_LIBRARIES = {"libtorch_cuda.so", "libtorch_cuda_linalg.so", "libc10_cuda.so", "libtorch_nvshmem.so",
                  "libcaffe2_nvrtc.so"}
# torch ships headers of fmt 12, which would shadow the system's fmt 9
HIDDEN_HEADERS = ("torch/include/fmt/", "torch/include/google/")
PYTHON_LIBRARIES = {"libtorch_python.so", "libshm.so", "libtorch_global_deps.so"}
PROFILER_LIBRARIES = ("nvperf", "pcsampling", "checkpoint")


def wanted(name, libraries):
    if name.startswith("nvidia/nccl/include/"):
        return True
    if not name.startswith("torch/"):
        return "/lib/" in name and ".so" in name and not any(part in name for part in PROFILER_LIBRARIES)
    if name.startswith(HIDDEN_HEADERS):
        return False
    if name.startswith("torch/lib/"):
        return pathlib.PurePosixPath(name).name in libraries
    return name.startswith("torch/include/") or name == "torch/version.py"


def wanted_of_python(name):
    if name.startswith("torch/lib/"):
        return pathlib.PurePosixPath(name).name in PYTHON_LIBRARIES
    if name.startswith(("torch/include/", "torch/test/", "torch/share/")):
        return False
    return name.startswith(("torch/", "torchgen/", "functorch/", "torch-"))  # the last: what pip knows it by


def main(wheels, target, flavour):
    libraries = CPU_LIBRARIES | (CUDA_LIBRARIES if flavour == "cuda" else set())
    is_wanted = wanted_of_python if flavour == "python" else lambda name: wanted(name, libraries)
    for wheel in pathlib.Path(wheels).glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target, [name for name in archive.namelist() if is_wanted(name)])


if __name__ == "__main__":
    main(*sys.argv[1:])
