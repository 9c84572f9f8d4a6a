#!/usr/bin/env python3
"""Checks entries: an output's seals, and that it is what its answers give, bit for bit.

Usage: check.py [ENTRY...]      default: every folder of entries/; the program is `dpsbench`, or what $DPSBENCH names
"""
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("DPSBENCH", "dpsbench")


def faults(entry):
    """What is wrong with an entry, a line a fault."""
    for name in ("label.txt", "README.md", "answers", "imported"):
        if not (entry / name).exists():
            yield f"{name} is not there"
    if not (entry / "label.txt").exists() or not (entry / "imported").exists():
        return
    label = (entry / "label.txt").read_text().strip()
    options = entry / "options.txt"  # of the import, where it needs any
    for words in (("verify", entry / "imported"),
                  ("import", ROOT / "problems", entry / "answers", "--as", label, "--output", entry / "imported",
                   "--experiment", ROOT / "experiment.yaml", "--verify", "--quiet",
                   *shlex.split(options.read_text() if options.exists() else ""))):
        ended = subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            yield f"dpsbench {words[0]} ended with {ended.returncode}: {(ended.stdout + ended.stderr).strip()}"


def main():
    entries = [pathlib.Path(name).resolve() for name in sys.argv[1:]] or sorted(
        path for path in (ROOT / "entries").iterdir() if path.is_dir())
    wrong = 0
    for entry in entries:
        found = list(faults(entry))
        wrong += bool(found)
        print(f"{entry.name}: {'as its answers say' if not found else ''}", *found, sep="\n  " if found else "")
    sys.exit(1 if wrong else 0)


main()
