"""What went wrong in Python, in one line for a note of failure."""
import os
import pathlib
import traceback

PACKAGE = os.path.dirname(__file__) + os.sep
LINES = 3  # of the traceback, the last ones
MOST_LETTERS = 1000


def describe(error, trace=None):
    """'ValueError: no (my.py, line 12, in step: raise ValueError("no"); called at my.py, line 30, in sample: step(x))'"""
    if isinstance(error, SyntaxError) and error.filename:
        return one_line(f"{pathlib.Path(error.filename).name}, line {error.lineno}: {error.msg}: {error.text or ''}")
    frames = [frame for frame in traceback.extract_tb(trace or error.__traceback__) if not frame.filename.startswith((PACKAGE, "<frozen "))]
    places = [f"{pathlib.Path(frame.filename).name}, line {frame.lineno}, in {frame.name}: {frame.line}"
              for frame in frames[-LINES:]]
    where = "; called at ".join(reversed(places))
    return one_line(f"{type(error).__name__}: {error}" + (f" ({where})" if where else ""))


def one_line(text):
    words = " ".join(text.split())
    return words if len(words) <= MOST_LETTERS else words[:MOST_LETTERS] + " ..."
