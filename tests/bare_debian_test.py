#!/usr/bin/env python3
"""The archive of scripts/package in a Debian with nothing on it: bare_debian_test.py BUILD LIBTORCH_ROOT

A chroot by debootstrap (minbase: no Python, no MPI, no HDF5, no compiler), beside it only a torch; of Debian 12, and of Debian 11, whose
C library is older than the package's. Runs a small quickstart as one process and on two ranks there, and compares the bits with those of
the build outside. Skipped (77) with the reason where there can be no chroot of Debian 12.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from debian_chroot import Unavailable, chroot, expect_possible, skip
from stored_datasets import datasets

SOURCE = pathlib.Path(__file__).parents[1]
SMALL = ["--set", "dataset.images=0-3", "--set", "batch=2", "--set", "'tasks=[{name: denoising}, {name: inpainting}]'", "--set",
         "'methods=[{name: dps, steps: 4}, {name: ddrm, steps: 4}]'", "--quiet", "--device", "cpu"]


def results_in(suite, archive, torch):
    """Of both runs in a bare Debian: one process's, two ranks'."""
    with chroot(suite) as debian:
        (debian.root / "opt").mkdir(exist_ok=True)
        subprocess.run(["tar", "xf", archive, "-C", debian.root / "opt"], check=True)
        package = "/opt/" + archive.name.removesuffix(".tar.xz")
        binds = [(torch.parent, "/torch")]
        if pathlib.Path("/usr/local/cuda").exists():  # where scripts/bootstrap leaves the wheels of CUDA out, it is torch's
            binds.append((os.path.realpath("/usr/local/cuda"), "/usr/local/cuda"))
        there = {"binds": binds, "env": {"LIBTORCH_ROOT": f"/torch/{torch.name}", "OMP_NUM_THREADS": "1"}}
        experiment = f"{package}/share/dpsbench/experiments/quickstart.yaml"
        debian.expect(f"cd /root && {package}/dpsbench run {experiment} --output one {' '.join(SMALL)}", **there)
        debian.expect(f"cd /root && {package}/dpsbench-ranks 2 run {experiment} --output two {' '.join(SMALL)}", **there)
        return {name: datasets(debian.root / "root" / name / "results.h5") for name in ("one", "two")}


def main():
    build, torch = pathlib.Path(sys.argv[1]), pathlib.Path(os.path.realpath(sys.argv[2]))
    if not all(map(shutil.which, ("xz", "orterun", "strip", "cmake"))):
        skip("xz, Open MPI 4, strip or cmake is not here")
    expect_possible("bookworm")
    with tempfile.TemporaryDirectory(prefix="dpsbench-bare-") as folder:
        folder = pathlib.Path(folder)
        subprocess.run([SOURCE / "scripts/package", build, folder], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "DPSBENCH_XZ_LEVEL": "0"})
        (archive,) = folder.glob("dpsbench-*.tar.xz")
        outside = " ".join([str(build / "dpsbench"), "run", str(SOURCE / "experiments/quickstart.yaml"), "--output", str(folder / "out"), *SMALL])
        subprocess.run(["bash", "-c", outside], check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        expected = datasets(folder / "out/results.h5")
        for suite in ("bookworm", "bullseye"):
            try:
                results = results_in(suite, archive, torch)
            except Unavailable as reason:
                if suite == "bookworm":
                    raise
                print(f"not tried in {suite}: {reason}")
                continue
            for name, found in results.items():
                differing = [item for item in expected if expected[item] != found.get(item)]
                if not expected or found.keys() != expected.keys() or differing:
                    sys.exit(f"{suite}, {name}: differs from the build outside: {differing}")
            print(f"{archive.name}: in a bare {suite}, {len(expected)} data sets alike there on one process and two ranks, and outside")


try:
    main()
except Unavailable as reason:
    skip(reason)
