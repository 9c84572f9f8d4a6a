"""The verdicts of a report against an independent recomputation from tables/images.csv.

Usage: statistics_test.py DPSBENCH REPORT_FOLDER   a folder that `dpsbench report` has written, or
       statistics_test.py DPSBENCH                 the quickstart at two steps is run and reported first.

Means and intervals are SciPy's Student t (by groups, cluster-robust), and "best", "tied" and the p values those of
multiple comparisons with the best by flips of sign, written again here in NumPy. Exit code 77 where SciPy is missing.
"""

import csv
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    from scipy import stats
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

LEVEL = 0.05
NAMES = {"psnr": -1, "ssim": -1, "ms_ssim": -1, "lpips": 1}  # metric -> sign that makes a loss of it
rng = np.random.default_rng(20)


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def image_values(rows, metric):
    """section -> method -> image -> value."""
    values = {}
    for row in rows:
        if row[metric]:
            values.setdefault(row["section"], {}).setdefault(row["method"], {})[row["image"]] = float(row[metric])
    return values


def groups_of(folder):
    with h5py.File(folder / "results.h5") as results:
        groups = {}
        for cell in results["cells"].values():
            if "image_groups" in cell:
                groups.update(zip(cell["image_ids"].asstr(), cell["image_groups"].asstr()))
    return groups


def summed(values, labels):
    """Sums over groups, [G, ...], and the groups' sizes."""
    order = sorted(set(labels))
    member = np.array([[label == group for label in labels] for group in order], float)
    return member @ values, member.sum(1)


def half_width(values, labels):
    sums, sizes = summed(np.asarray(values) - np.mean(values), labels)
    count = len(sums)
    error = np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values)
    return stats.t.ppf(0.975, count - 1) * error


def largest_t(sums, sizes, signs):
    """max over methods of t against the best, for every row of signs: [R]."""
    count, methods = sums.shape
    n = sizes.sum()
    means = signs @ sums / n
    weighted = signs @ (sums * sizes[:, None])
    best = means.argmin(1)
    rows = np.arange(len(signs))
    difference = means - means[rows, best][:, None]
    squares = ((sums[:, :, None] - sums[:, None, :]) ** 2).sum(0)[best]
    cross = weighted - weighted[rows, best][:, None]
    residual = squares - 2 * difference * cross + difference**2 * (sizes**2).sum()
    error = np.sqrt(count / (count - 1) * np.where(residual > 1e-9 * squares, residual, 0)) / n
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(difference == 0, 0, difference / error)  # infinite where all differences are the same
    return t.max(1) if methods > 1 else np.zeros(len(signs))


def p_values(losses, labels):
    """method -> p of being as good as the best; the best has 1."""
    names = list(losses)
    images = sorted(next(iter(losses.values())))
    table = np.array([[losses[name][image] for name in names] for image in images])
    table -= table.mean(1, keepdims=True)
    sums, sizes = summed(table, [labels.get(image, image) for image in images])
    count = len(sums)
    if count <= 13:
        signs = np.array(list(itertools.product([1.0, -1.0], repeat=count)))
    else:
        signs = np.concatenate([np.ones((1, count)), rng.choice([1.0, -1.0], size=(19999, count))])
    best = names[int(table.mean(0).argmin())]
    left = list(range(len(names)))
    result = {best: 1.0}
    so_far = 0.0
    while len(left) > 1:
        observed = {}
        for k in left:
            if names[k] != best:
                pair = [k, names.index(best)]
                observed[k] = largest_t(sums[:, pair], sizes, np.ones((1, count)))[0]
        worst = max(observed, key=observed.get)
        drawn = largest_t(sums[:, left], sizes, signs)
        so_far = max(so_far, float((drawn >= observed[worst] * (1 - 1e-9)).mean()))
        result[names[worst]] = so_far
        left.remove(worst)
    return best, result, count <= 13


def check(folder):
    images = rows_of(folder / "tables" / "images.csv")
    summary = rows_of(folder / "tables" / "summary.csv")
    labels = groups_of(folder)
    metrics = [name for name in NAMES if name in images[0]]
    steps_of = lambda row: {row["method"], f"{row['method']}, {row['steps']} steps"}
    verdicts = 0
    for metric in metrics:
        for section, methods in image_values(images, metric).items():
            shown = [row for row in summary if row["section"] == section and "mean of" not in row["method"]]
            losses = {m: {i: NAMES[metric] * v for i, v in of.items()} for m, of in methods.items()}
            most = max(len(of) for of in losses.values())
            complete = {m: of for m, of in losses.items() if len(of) == most}
            best, p, exact = p_values(complete, labels) if len(complete) > 1 else (None, {}, True)
            for method, of in methods.items():
                row = next(r for r in shown if method in steps_of(r))
                values = list(of.values())
                width = half_width(values, [labels.get(image, image) for image in of])
                assert abs(float(row[metric]) - np.mean(values)) < 1e-9, (section, method, metric)
                told = float(row[metric + "_half_width"])
                assert abs(told - width) < 1e-9 * max(1, width), (section, method, metric, told, width)
                if method not in p:
                    continue
                standing = row.get(metric + "_standing", "")
                near_the_level = not exact and abs(p[method] - LEVEL) < 0.006  # other draws of signs
                expected = "best" if method == best else "" if p[method] <= LEVEL else "tied"
                assert standing == expected or near_the_level, (section, method, metric, standing, p[method])
                verdicts += 1
    print(f"{verdicts} verdicts of {folder} are those of the recomputation; groups: {len(set(labels.values()))}")
    assert verdicts > 0


def self_check():
    """Of two methods the procedure is SciPy's permutation test of paired samples."""
    a = rng.normal(size=9)
    b = a + 0.5 * rng.normal(size=9) + 0.3
    losses = {"a": dict(zip("123456789", a)), "b": dict(zip("123456789", b))}
    _, p, _ = p_values(losses, {})
    scipys = stats.permutation_test((a, b), lambda x, y, axis: (x - y).mean(axis), permutation_type="samples",
                                    n_resamples=np.inf, vectorized=True)
    assert abs(min(p.values()) - scipys.pvalue) < 1e-12, (p, scipys.pvalue)


def main():
    self_check()
    program = sys.argv[1]
    if len(sys.argv) > 2:
        check(pathlib.Path(sys.argv[2]))
        return
    source = pathlib.Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "out"
        for arguments in (["run", source / "experiments" / "quickstart.yaml", "--output", output, "--set", "methods=[{"
                           "name: dps, steps: [3, 4], scale: [0.3, 1, 4]}, {name: pseudo-inverse}, {name: dps-w, steps: 3}]",
                           "--set", "tasks=[{name: inpainting, mask_fraction: 0.7}]"], ["report", output]):
            done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                                  env={**os.environ, "OMP_NUM_THREADS": "1"})
            assert done.returncode == 0, done.stderr
        check(output)


if __name__ == "__main__":
    main()
