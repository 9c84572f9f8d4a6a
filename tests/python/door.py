"""What the tests of the package for Python share: small experiments, and the command line with plugins."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = SOURCE / "examples"
QUICKSTART = SOURCE / "experiments/quickstart"

EXPERIMENT = """name: door
dataset: {{name: photo32-quickstart, path: {quickstart}/images, images: 0-{last}, size: 32}}
prior: {prior}
seed: 0
sigma_y: 0.05
tasks: {tasks}
methods:
{methods}
metrics: [psnr]
trajectory: {{images: 1, frames: 4}}
batch: 2
"""
PHOTO32 = f"{{kind: unet, preset: photo32, weights: {QUICKSTART}/photo32.safetensors}}"


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        kept = tempfile.TemporaryDirectory()
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def experiment(self, *methods, images=4, prior=PHOTO32, tasks="[{name: inpainting, mask_fraction: 0.7}]"):
        text = EXPERIMENT.format(quickstart=QUICKSTART, last=images - 1, prior=prior, tasks=tasks,
                                 methods="\n".join(f"  - {{{method}}}" for method in methods))
        return self.write("door.yaml", text)


def command(*words, ranks=1):
    """python -m dpsbench with these words."""
    alone = [sys.executable, "-m", "dpsbench", *map(str, words)]
    if ranks == 1:
        return alone
    return ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none", *alone]


def door(*words, ranks=1, timeout=300):
    """Runs it: (exit code, standard output, standard error)."""
    ended = subprocess.run(command(*words, ranks=ranks), capture_output=True, text=True, timeout=timeout,
                           env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False)
    return ended.returncode, ended.stdout, ended.stderr
