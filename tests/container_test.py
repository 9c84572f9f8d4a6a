#!/usr/bin/env python3
"""The steps of container/Dockerfile and container/dpsbench.def in fresh systems: container_test.py LIBTORCH_ROOT

In a chroot of Debian 12, container/build up to CMake's configuration with a LibTorch that is there (DPSBENCH_CONTAINER=all: the whole
build, with the LibTorch it fetches, and a small run of what it installed, on one process and two ranks); of Ubuntu 24.04, whether apt has all
packages that scripts/versions.sh names. Skipped (77) with the reason where there can be no chroot.
"""
import os
import pathlib
import subprocess
import sys

from debian_chroot import Unavailable, chroot, skip

SOURCE = pathlib.Path(__file__).parents[1]


def list_of(name):
    words = subprocess.run(["bash", "-c", f". '{SOURCE}/scripts/versions.sh' && echo ${name}"], capture_output=True, text=True, check=True)
    return words.stdout.split()


def has_one_list():
    """Both recipes run one script, and no list of packages is written down twice."""
    for recipe in ("Dockerfile", "dpsbench.def"):
        text = (SOURCE / "container" / recipe).read_text()
        if "/src/dpsbench/container/build" not in text or "apt-get" in text:
            sys.exit(f"container/{recipe}: does not leave everything to container/build")
    if "apt-get install" in (SOURCE / "container/build").read_text():
        sys.exit("container/build: has a list of packages of its own")


def finds_packages_in_ubuntu():
    with chroot("noble") as ubuntu:
        names = " ".join(list_of("APT_PACKAGES") + [name for name in list_of("TEST_PACKAGES") if name != "chromium"] + ["python3-dev"])
        ubuntu.expect("echo 'deb http://archive.ubuntu.com/ubuntu noble main universe' >/etc/apt/sources.list && apt-get update -qq")
        ubuntu.expect(f"apt-get install -qq --simulate --no-install-recommends {names}")


def main():
    torch = pathlib.Path(os.path.realpath(sys.argv[1]))
    has_one_list()
    everything = os.environ.get("DPSBENCH_CONTAINER") == "all"
    with chroot("bookworm") as debian:
        tree = debian.root / "src/dpsbench"
        tree.mkdir(parents=True)
        files = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True).stdout
        subprocess.run(["tar", "--null", "-C", SOURCE, "-T", "-", "-cf", debian.root / "src.tar"], input=files, check=True)
        subprocess.run(["tar", "xf", debian.root / "src.tar", "-C", tree], check=True)
        # a network with a certificate of its own: pip inside is told those that are trusted outside
        authorities = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
        certificates = {}
        if authorities.exists():
            (debian.root / "root/authorities.crt").write_bytes(authorities.read_bytes())
            certificates = {"PIP_CERT": "/root/authorities.crt"}
        if everything:
            jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count()))
            debian.expect("/src/dpsbench/container/build", env={"CMAKE_BUILD_PARALLEL_LEVEL": jobs, **certificates}, timeout=7200)
            debian.expect("test ! -e /src/dpsbench/build")
            small = "run /usr/local/share/dpsbench/experiments/quickstart.yaml --set dataset.images=0-3 --set batch=2 --set 'methods=[{name: dps, steps: 4}]'"
            debian.expect(f"cd /tmp && dpsbench {small} --output one && test -s one/results.h5", env={"OMP_NUM_THREADS": "1"})
            debian.expect(f"cd /tmp && mpirun --allow-run-as-root --oversubscribe -n 2 dpsbench {small} --output two && test -s two/results.h5",
                          env={"OMP_NUM_THREADS": "1"})
        else:
            debian.expect("/src/dpsbench/container/build packages", binds=[(torch.parent, "/torch")],
                          env={"LIBTORCH_ROOT": f"/torch/{torch.name}", **certificates}, timeout=3600)
            debian.expect("test -e /src/dpsbench/build/release/build.ninja")
    print(f"container/build: {'all of it' if everything else 'packages and configuration'} in Debian 12")
    try:
        finds_packages_in_ubuntu()
    except Unavailable as reason:
        print(f"not looked for in Ubuntu 24.04: {reason}")
    else:
        print("all packages are in Ubuntu 24.04")


try:
    main()
except Unavailable as reason:
    skip(reason)
