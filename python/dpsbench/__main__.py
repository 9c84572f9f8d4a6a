"""python -m dpsbench: the command line of dpsbench in this interpreter, with plugins.

    python -m dpsbench check FILE...                       are the parts of these files fit for a benchmark?
    python -m dpsbench COMMAND ... --plugin FILE...        any command of dpsbench, knowing the parts of these files
"""
import os
import sys

import dpsbench
from dpsbench import _core
from dpsbench.check import check_files

ABOUT = """Of Python:
  python -m dpsbench check my_sampler.py                     contract tests of your own parts, a verdict a line
  python -m dpsbench run EXPERIMENT --plugin my_sampler.py --output out
  --plugin FILE...   files whose parts (dpsbench.method, prior, task) every command then knows"""


def split_plugins(words):
    """(words without --plugin, the files that it names)"""
    kept, files, words = [], [], list(words)
    while words:
        word = words.pop(0)
        if word.startswith("--plugin="):
            files.append(word.removeprefix("--plugin="))
        elif word == "--plugin":
            if not words:
                raise _core.UserError("--plugin: a file is missing")
            files.append(words.pop(0))
            while words and words[0].endswith(".py"):
                files.append(words.pop(0))
        else:
            kept.append(word)
    return kept, files


def starting_words(plugins):
    """The words that start this package with these plugins from any folder, as jobs do; the command's follow."""
    found = [f"PYTHONPATH={os.environ['PYTHONPATH']}"] if "PYTHONPATH" in os.environ else []
    words = [*(["env", *found] if found else []), sys.executable, "-m", "dpsbench"]
    for file in plugins:
        words += ["--plugin", os.path.abspath(file)]
    return words


def is_first_rank():
    return all(os.environ.get(name, "0") == "0" for name in ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"))


def main(words):
    try:
        words, plugins = split_plugins(words)
        for file in plugins:
            dpsbench.load(file)
        if words[:1] == ["submit"]:
            words = [*words, *(f"--program={word}" for word in starting_words(plugins))]
        if words[:1] == ["check"]:
            return check_files(words[1:])
    except _core.UserError as error:
        if is_first_rank():
            print(f"dpsbench: {error}", file=sys.stderr)
        return 2
    sys.stdout.flush()
    code = _core.main(["dpsbench", *words])
    if words[:1] in (["--help"], ["-h"]):
        print(ABOUT)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
