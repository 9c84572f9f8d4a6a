"""Unpacks from PyPI wheels only what a C++ program needs: unpack_libtorch.py WHEELS_DIR TARGET cpu|cuda"""
import pathlib
import sys
import zipfile

CPU_LIBRARIES = {"libtorch.so", "libtorch_cpu.so", "libc10.so", "libgomp.so.1"}
CUDA_LIBRARIES = {"libtorch_cuda.so", "libtorch_cuda_linalg.so", "libc10_cuda.so", "libtorch_nvshmem.so",
                  "libcaffe2_nvrtc.so"}
# torch ships headers of fmt 12, which would shadow the system's fmt 9
HIDDEN_HEADERS = ("torch/include/fmt/", "torch/include/google/")
PROFILER_LIBRARIES = ("nvperf", "pcsampling", "checkpoint")


def wanted(name, libraries):
    if not name.startswith("torch/"):
        return "/lib/" in name and ".so" in name and not any(part in name for part in PROFILER_LIBRARIES)
    if name.startswith(HIDDEN_HEADERS):
        return False
    if name.startswith("torch/lib/"):
        return pathlib.PurePosixPath(name).name in libraries
    return name.startswith("torch/include/") or name == "torch/version.py"


def main(wheels, target, flavour):
    libraries = CPU_LIBRARIES | (CUDA_LIBRARIES if flavour == "cuda" else set())
    for wheel in pathlib.Path(wheels).glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target, [name for name in archive.namelist() if wanted(name, libraries)])


if __name__ == "__main__":
    main(*sys.argv[1:])
