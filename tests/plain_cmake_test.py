#!/usr/bin/env python3
"""CMake without Ninja, GoogleTest, NCCL and the system's headers-only libraries: plain_cmake_test.py CMAKE LIBTORCH_ROOT

Configures the repository so in a folder of its own, with the libraries fetched, and compiles what is small. A package of another
SHA-256 is refused. Skipped (77) with the reason where the mirror cannot be reached.
"""
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

SOURCE = pathlib.Path(__file__).parents[1]
MIRROR = "https://deb.debian.org/debian"


def configure(cmake, torch, folder, *more, source=SOURCE):
    words = [cmake, "-S", source, "-B", folder, "-G", "Unix Makefiles", f"-DLIBTORCH_ROOT={torch}", "-DDPSBENCH_CUDA=OFF", "-DDPSBENCH_PCH=OFF",
             "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON", "-DDPSBENCH_FETCHED=CLI11;nlohmann_json;Random123", *more]
    return subprocess.run(words, capture_output=True, text=True)


def main():
    cmake, torch = sys.argv[1:]
    try:
        urllib.request.urlopen(f"{MIRROR}/dists/bookworm/Release", timeout=20).close()
    except OSError as error:
        print(f"skipped: {MIRROR} cannot be reached: {error}")
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="dpsbench-plain-") as name:
        folder = pathlib.Path(name)
        done = configure(cmake, torch, folder / "build")
        if done.returncode != 0:
            sys.exit(f"configuring: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
        for said in ("fetching libcli11-dev", "fetching nlohmann-json3-dev", "fetching librandom123-dev", "tests: left out"):
            if said not in done.stdout:
                sys.exit(f"configuring does not say '{said}':\n{done.stdout}")
        for header in ("CLI11/usr/include/CLI/CLI.hpp", "nlohmann_json/usr/include/nlohmann/json.hpp", "Random123/usr/include/Random123/philox.h"):
            if not (folder / "build/headers" / header).exists():
                sys.exit(f"{header}: was not fetched")
        made = subprocess.run(["make", "-C", folder / "build", "dpsbench_core_words", "dpsbench_core_files"], capture_output=True, text=True)
        if made.returncode != 0:
            sys.exit(f"make: exit code {made.returncode}\n{made.stdout[-3000:]}\n{made.stderr[-3000:]}")

        # again, offline, by what was fetched; and refused where it is another file than the one that is meant
        again = configure(cmake, torch, folder / "offline", f"-DDPSBENCH_HEADERS={folder / 'build/headers'}", "-DDPSBENCH_FETCH=OFF")
        if again.returncode != 0:
            sys.exit(f"with headers of another build: exit code {again.returncode}\n{again.stderr}")
        wrong = folder / "mirror/pool/main/c/cli11"
        wrong.mkdir(parents=True)
        (wrong / "libcli11-dev_2.1.2+ds-1_all.deb").write_bytes(b"something else")
        refused = configure(cmake, torch, folder / "refused", f"-DDPSBENCH_DEBIAN_MIRROR=file://{folder / 'mirror'}")
        if refused.returncode == 0 or "SHA-256" not in refused.stderr:
            sys.exit(f"another file was not refused: exit code {refused.returncode}\n{refused.stderr}")
        left = folder / "refused/headers/CLI11"
        if left.exists():
            sys.exit(f"{left}: a refused file was left there")
    print("configured with Unix Makefiles, fetched headers, without GoogleTest; small rooms compiled; another file refused")


main()
