#!/usr/bin/env python3
"""scripts/package makes an archive that runs from anywhere: package_test.py BUILD LIBTORCH_ROOT

Unpacks it in a folder of its own, looks where every library comes from, and runs a small quickstart as one process and on
two ranks with nothing in the environment but a torch. Skipped (77) where archives cannot be made here.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from stored_datasets import datasets

SOURCE = pathlib.Path(__file__).parents[1]
SYSTEM = re.compile(r"^(linux-vdso|ld-linux|libc\.so|libm\.so|libdl\.so|librt\.so|libpthread\.so|libutil\.so|libresolv\.so|libstdc\+\+|libgcc_s|libgomp)")
SMALL = ["--set", "dataset.images=0-3", "--set", "batch=2", "--set", "tasks=[{name: denoising}, {name: inpainting}]", "--set",
         "methods=[{name: dps, steps: 4}, {name: ddrm, steps: 4}]", "--quiet", "--device", "cpu"]


def call(*words, env):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=env)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def strange_libraries(package, env):
    """Libraries that programs of the package would take from elsewhere."""
    search = call("bash", "-c", f". '{package}/launcher.sh'; echo $LD_LIBRARY_PATH", env=env).strip()
    for program in [*(package / "bin").iterdir(), *(package / "mpi/bin").iterdir()]:
        for line in call("ldd", program, env={**env, "LD_LIBRARY_PATH": search}).splitlines():
            name, _, rest = line.strip().partition(" => ")
            path = rest.split(" (")[0]
            if SYSTEM.match(pathlib.Path(name.split(" ")[0]).name) or path.startswith(str(package)):
                continue
            if "/torch/" in path or "/nvidia/" in path or "/cuda" in path:
                continue
            yield f"{program.name}: {line.strip()}"


def main():
    build, torch = pathlib.Path(sys.argv[1]), sys.argv[2]
    if not all(map(shutil.which, ("xz", "orterun", "strip", "cmake"))):
        print("skipped: xz, Open MPI 4, strip or cmake is not here")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="dpsbench-package-") as folder:
        folder = pathlib.Path(folder)
        call(SOURCE / "scripts/package", build, folder, env={**os.environ, "DPSBENCH_XZ_LEVEL": "0"})
        (archive,) = folder.glob("dpsbench-*.tar.xz")
        elsewhere = folder / "some where"
        elsewhere.mkdir()
        call("tar", "xf", archive, "-C", elsewhere, env=os.environ)
        package = elsewhere / archive.name.removesuffix(".tar.xz")
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LIBTORCH_ROOT": torch, "OMP_NUM_THREADS": "1"}
        if strange := list(strange_libraries(package, env)):
            sys.exit("\n".join(["taken from outside of package and torch:", *strange]))
        experiment = package / "share/dpsbench/experiments/quickstart.yaml"
        call(package / "dpsbench", "run", experiment, "--output", folder / "one", *SMALL, env=env)
        call(package / "dpsbench-ranks", 2, "run", experiment, "--output", folder / "two", *SMALL, env=env)
        one, two = (datasets(folder / name / "results.h5") for name in ("one", "two"))
        differing = [name for name in one if one[name] != two.get(name)]
        if one.keys() != two.keys() or differing or not one:
            sys.exit(f"one process and two ranks differ: {differing}")
        missing = subprocess.run([package / "dpsbench", "methods"], capture_output=True, text=True,
                                 env={**env, "LIBTORCH_ROOT": "/nowhere"})
        if missing.returncode != 2 or "pip install torch==" not in missing.stderr:
            sys.exit(f"without torch: exit code {missing.returncode}, {missing.stderr}")
        print(f"{archive.name}: runs elsewhere, {len(one)} data sets alike on one process and two ranks")


main()
