"""A bare Debian or Ubuntu in a folder, made by debootstrap: for tests that want a machine with nothing on it.

DPSBENCH_CHROOTS=FOLDER keeps what debootstrap made there, a folder a suite, for the next time.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

MIRRORS = {"bookworm": "http://deb.debian.org/debian", "bullseye": "http://deb.debian.org/debian", "noble": "http://archive.ubuntu.com/ubuntu"}
UBUNTU = "/usr/share/debootstrap/scripts/gutsy"  # whose steps all later ones share; a Debian's debootstrap may not know the newest by name


class Unavailable(Exception):
    """There can be no such chroot here, and why."""


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(77)


def _path():
    return os.environ["PATH"] + ":/usr/sbin:/sbin"


def expect_possible(suite):
    """Whether there is what makes one; else Unavailable."""
    if os.geteuid() != 0:
        raise Unavailable("chroots are root's to make")
    if shutil.which("debootstrap", path=_path()) is None:
        raise Unavailable("debootstrap is not here")
    try:
        urllib.request.urlopen(f"{MIRRORS[suite]}/dists/{suite}/Release", timeout=20).close()
    except OSError as error:
        raise Unavailable(f"{MIRRORS[suite]} cannot be reached: {error}") from error


def _debootstrap(suite, target):
    expect_possible(suite)
    script = [UBUNTU] if suite == "noble" and pathlib.Path(UBUNTU).exists() else []
    made = subprocess.run([shutil.which("debootstrap", path=_path()), "--variant=minbase", suite, str(target), MIRRORS[suite], *script],
                          capture_output=True, text=True, env={**os.environ, "PATH": _path()})
    if made.returncode != 0:
        raise Unavailable(f"debootstrap {suite}: exit code {made.returncode}: {made.stdout[-500:]}")


class Chroot:
    def __init__(self, root):
        self.root = root

    def run(self, command, binds=(), env=(), timeout=1800):
        """Runs a shell line inside, and nothing of our environment. `binds`: (folder outside, folder inside), read only there."""
        mounts = "mount -t proc proc {0}/proc; mount --rbind /dev {0}/dev; mount --rbind /sys {0}/sys; ".format(self.root)
        for outside, inside in binds:
            target = self.root / inside.lstrip("/")
            target.mkdir(parents=True, exist_ok=True)
            mounts += f"mount --bind -o ro '{outside}' '{target}'; "
        settings = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", **dict(env)}
        script = f"set -e; {mounts} exec chroot '{self.root}' /bin/bash -c \"$1\""
        return subprocess.run(["unshare", "--mount", "bash", "-c", script, "bash", command], capture_output=True, text=True,
                              env=settings, timeout=timeout)

    def expect(self, command, **options):
        done = self.run(command, **options)
        if done.returncode != 0:
            sys.exit(f"in the chroot: {command}: exit code {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done.stdout


@contextlib.contextmanager
def chroot(suite):
    with tempfile.TemporaryDirectory(prefix="dpsbench-chroot-") as folder:
        root = pathlib.Path(folder) / suite
        kept = os.environ.get("DPSBENCH_CHROOTS")
        if kept:
            before = pathlib.Path(kept) / suite
            if not before.exists():
                unfinished = before.with_name(f"{suite}-unfinished")
                shutil.rmtree(unfinished, ignore_errors=True)
                _debootstrap(suite, unfinished)
                unfinished.rename(before)
            subprocess.run(["cp", "-a", "--reflink=auto", str(before), str(root)], check=True)
        else:
            _debootstrap(suite, root)
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        yield Chroot(root)
