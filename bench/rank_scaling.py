"""Weak and strong scaling of `dpsbench run` over ranks of one machine, its start-up and what is not sampling.

    python3 bench/rank_scaling.py build/release/dpsbench [rounds]

Two ranks beside one, and beside two programs of one rank side by side, which share the machine's cores and caches as two
ranks do but know nothing of each other. In turn, so that what else the machine does falls on all; medians of ratios, 1 is
ideal:
    strong      the same work: T(1 rank) / (2 T(2 ranks))
    weak        twice the work: T(1 rank) / T(2 ranks)
    side by side    twice the work: T(two programs) / T(2 ranks)
by the clock, from the first unit's begin to the last one's end, and by CPU seconds without start-up. On a machine that others
use, too, neither is steady; what is: the share of the ranks' time that is spent in units, of two ranks over that of one. It
leaves out only that ranks slow each other down in caches and memory. Needs h5py.
"""

import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile

import h5py

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXPERIMENT = """\
name: scaling
dataset: {{name: photos, path: {root}/experiments/quickstart/images, images: 0-{last}, size: 32}}
prior: {{kind: unet, preset: photo32, weights: {root}/experiments/quickstart/photo32.safetensors}}
sigma_y: {levels}
tasks: [{{name: inpainting, mask_fraction: 0.5}}]
methods: [{{name: dps, steps: {steps}}}]
metrics: [psnr]
batch: 2
"""


class Job:
    """dpsbench under mpirun. `cells`: how often the work, 12 units of two images."""

    def __init__(self, dpsbench, folder, ranks, cells=1, images=24, steps=200):
        folder.mkdir()
        self.ranks, self.output = ranks, folder / "out"
        levels = [round(0.05 + 0.001 * k, 3) for k in range(cells)]
        (folder / "scaling.yaml").write_text(EXPERIMENT.format(root=ROOT, last=images - 1, steps=steps, levels=levels))
        words = ["mpirun", "--bind-to", "none", "--oversubscribe", "-n", str(ranks), dpsbench, "run",
                 folder / "scaling.yaml", "--output", self.output]
        self.process = subprocess.Popen(words, env=dict(os.environ, OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive"),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def end(self):
        said = self.process.communicate()[1]
        if self.process.returncode != 0:
            raise SystemExit(said)
        self.ready = float(re.search(r"ready after ([0-9.]+) s", said).group(1))
        ends, seconds = [], []
        for unit in (self.output / "units").glob("*.h5"):
            ends.append(unit.stat().st_mtime)
            with h5py.File(unit) as file:
                seconds.append(file.attrs["seconds"])
        self.begin = min(end - each for end, each in zip(ends, seconds))
        self.last = max(ends)
        self.not_sampling = 1 - sum(seconds) / (self.ranks * (self.last - self.begin))
        return self


def timed(*starts):
    """The ended jobs that all start at once, their seconds of work by the clock, and their CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    jobs = [start() for start in starts]
    jobs = [job.end() for job in jobs]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return jobs[0], max(job.last for job in jobs) - min(job.begin for job in jobs), cpu


def one_round(dpsbench, folder):
    job = lambda name, *words, **more: lambda: Job(dpsbench, folder / name, *words, **more)
    alone, t_alone, cpu_alone = timed(job("alone", 1))
    _, t_strong, cpu_strong = timed(job("strong", 2))
    weak, t_weak, cpu_weak = timed(job("weak", 2, cells=2))
    _, t_pair, cpu_pair = timed(job("left", 1), job("right", 1))
    _, _, start_up = timed(job("idle", 1, images=2, steps=1))
    return {
        "strong, clock": t_alone / (2 * t_strong),
        "strong, CPU": (cpu_alone - start_up) / (cpu_strong - 2 * start_up),
        "weak, clock": t_alone / t_weak,
        "weak, CPU": 2 * (cpu_alone - start_up) / (cpu_weak - 2 * start_up),
        "side by side, clock": t_pair / t_weak,
        "side by side, CPU": (cpu_pair - 2 * start_up) / (cpu_weak - 2 * start_up),
        "in units, 2 ranks over 1": (1 - weak.not_sampling) / (1 - alone.not_sampling),
        "not sampling, 1 rank": alone.not_sampling,
        "not sampling, 2 ranks": weak.not_sampling,
        "ready after, 1 rank, s": alone.ready,
        "ready after, 2 ranks, s": weak.ready,
        "start-up, CPU s": start_up,
    }


def main():
    dpsbench = str(pathlib.Path(sys.argv[1]).resolve())
    rows = []
    for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5):
        with tempfile.TemporaryDirectory() as name:
            rows.append(one_round(dpsbench, pathlib.Path(name)))
        print(" ".join(f"{value:.3f}" for value in rows[-1].values()), file=sys.stderr)
    for key in rows[0]:
        values = [row[key] for row in rows]
        print(f"{key:26} {statistics.median(values):7.3f}   ({min(values):.3f} to {max(values):.3f})")


if __name__ == "__main__":
    main()
