"""The template of a repository of results, and what a person is given of runs: dpsbench import --verify, site, results.

Usage: results_repository_test.py DPSBENCH SOURCE_FOLDER

An entry that is what its answers give passes; one whose answers, or whose output, was changed afterwards does not. The site
over baseline and entry has a page for each method and setting, no dead link, and says which rows are imported. The tidy
table has every number once, and no words in columns of numbers. Exit code 77 where h5py or NumPy is missing.
"""
import csv
import html.parser
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

DPSBENCH, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
EXPERIMENT = """name: board
dataset: {name: modes, kind: drawn, images: 0-7}
prior: {kind: gaussian_modes, dimension: 8, spacing: 1.0, deviation: 0.5}
seed: 11
sigma_y: 0.2
tasks:
  - {name: imputation, kept: "0 3 6"}
  - {name: random_matrix, measurements: 2}
methods:
  - {name: pseudo-inverse}
  - {name: dps, steps: 20, scale: 0.7}
metrics: [psnr, consistency]
"""


def run(*words, code=0):
    ended = subprocess.run([DPSBENCH, *map(str, words)], capture_output=True, text=True, timeout=600)
    assert ended.returncode == code, f"{words}: exit {ended.returncode}, not {code}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def check(repository, code):
    ended = subprocess.run([sys.executable, repository / "check.py"], capture_output=True, text=True, timeout=600,
                           env=os.environ | {"DPSBENCH": DPSBENCH})
    assert ended.returncode == code, f"exit {ended.returncode}, not {code}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def made_repository(work):
    """The template with problems, a baseline, and an entry that answers with zeros."""
    repository = work / "board"
    shutil.copytree(SOURCE / "examples/results-repository", repository)
    (repository / "experiment.yaml").write_text(EXPERIMENT)
    run("run", repository / "experiment.yaml", "--output", repository / "baseline", "--quiet")
    run("export", repository / "experiment.yaml", "--output", repository / "problems")
    entry = repository / "entries/zeros"
    (entry / "answers").mkdir(parents=True)
    for problem in (repository / "problems").glob("*.h5"):
        with h5py.File(problem) as file:
            count = len(file["image_ids"])
        np.save(entry / "answers" / f"{problem.stem}.npy", np.zeros((count, 1, 1, 8), np.float32))
    (entry / "label.txt").write_text("Zeros <b>\n")
    (entry / "options.txt").write_text("--range signed\n")
    (entry / "README.md").write_text("numpy.zeros\n")
    run("import", repository / "problems", entry / "answers", "--as", "Zeros <b>", "--output", entry / "imported", "--range",
        "signed", "--quiet")
    return repository


def entries_are_checked(repository):
    entry = repository / "entries/zeros"
    assert "as its answers say" in check(repository, 0)
    answer = sorted((entry / "answers").glob("*.npy"))[0]
    kept = answer.read_bytes()
    np.save(answer, np.full_like(np.load(answer), 0.125))
    said = check(repository, 1)
    assert "samples differ" in said and "psnr differs" in said, said
    answer.write_bytes(kept)
    check(repository, 0)
    results = entry / "imported/results.h5"
    whole = results.read_bytes()
    results.write_bytes(whole[:-200] + bytes(200))
    assert "dpsbench verify ended with 1" in check(repository, 1)
    results.write_bytes(whole)


class Links(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found |= {value for name, value in attributes if name in ("href", "src") and value}


def site_is_whole(repository, work):
    site = work / "site"
    run("site", repository / "baseline", repository / "entries/zeros/imported", "--output", site, "--title", "A board")
    pages = {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("*.html")}
    assert {"index.html", "methods/dps.html", "methods/pseudo-inverse.html"} <= set(pages), sorted(pages)
    assert sum(name.startswith("settings/") for name in pages) == 2, sorted(pages)
    (imported,) = [text for name, text in pages.items() if name.startswith("methods/imported-")]
    assert "another program made these answers" in imported and "Zeros &lt;b&gt;" in imported and "<b>" not in imported
    dps = pages["methods/dps.html"]
    for told in ("Chung", "golden, 20 steps", "theirs takes one norm of the whole batch", "Phase".lower()):
        assert told in dps, told
    assert "imported" in pages["index.html"] and 'href="methods/dps.html"' in pages["index.html"]
    for name, text in pages.items():
        if name.startswith("runs/"):
            continue
        for link in Links(text).found:
            assert not link.startswith(("http", "//")), f"{name} leads to {link}"
            target = (site / name).parent / link.partition("#")[0] if link[0] != "#" else site / name
            assert target.exists(), f"{name}: {link} leads nowhere"


def tidy_table_has_every_number(repository):
    rows = list(csv.DictReader(io.StringIO(run("results", repository / "baseline"))))
    with h5py.File(repository / "baseline/results.h5") as file:
        expected = {(name, cell["image_ids"][k].decode(), metric): values[k]
                    for name, cell in file["cells"].items() for metric, values in cell["metrics"].items()
                    for k in range(len(cell["image_ids"]))}
    assert len(rows) == len(expected) == 2 * 2 * 8 * 2
    for row in rows:
        assert float(row["value"]) == expected[row["cell"], row["image"], row["metric"]]
        for column in ("sigma_y", "seed", "method.steps", "method.scale", "task.measurements", "sample", "value"):
            assert row[column] == "" or float(row[column]) is not None
    assert {row["method.steps"] for row in rows if row["method"] == "dps"} == {"20"}
    assert {row["task.measurements"] for row in rows} == {"", "2"}


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        repository = made_repository(work)
        entries_are_checked(repository)
        site_is_whole(repository, work)
        tidy_table_has_every_number(repository)
    print("entries are checked, the site is whole, the table has every number")


main()
