"""python -m dpsbench check FILE...: the contract tests of a person's parts, a verdict a line."""
import sys

from .check_method import method_verdicts
from .check_prior import prior_verdicts
from .check_task import task_verdicts
from .plugin import load

VERDICTS = {"method": method_verdicts, "task": task_verdicts, "prior": prior_verdicts}


def check_files(files):
    """Returns the exit code: 0, or 2 where a part is not fit."""
    if not files:
        print("usage: python -m dpsbench check FILE...", file=sys.stderr)
        return 2
    loaded = [part for file in files for part in load(file)]
    faults = 0
    for part in loaded:
        faults += sum(not is_good for is_good in told(part))
    print("all parts are fit" if faults == 0 else f"{faults} fault{'s' if faults > 1 else ''}")
    return 0 if faults == 0 else 2


def told(part):
    """Prints the verdicts of a part as they come; yields whether each is good."""
    try:
        for is_good, words in VERDICTS[part.kind](part):
            print(f"{'ok   ' if is_good else 'FAULT'} {part.kind} {part.name}: {words}", flush=True)
            yield is_good
    except RuntimeError as error:  # dpsbench.Error, and what comes through torch
        print(f"FAULT {part.kind} {part.name}: {error}")
        yield False
