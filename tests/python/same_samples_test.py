"""The example dps.py is the built-in dps, bit for bit, on any number of ranks, and where it was killed and resumed."""
import os
import signal
import subprocess
import time
import unittest

import dpsbench
import numpy as np
from door import EXAMPLES, Folder, command, door

PLUGIN = EXAMPLES / "dps.py"
METHODS = ("name: dps, steps: 12, scale: 4", "name: my-dps, steps: 12, scale: 4")
COMPARED = ("samples", "measurement", "trajectory", "step_size")


def arrays(output, method):
    with dpsbench.open(output) as results:
        (cell,) = (name for name, told in results.cells.items() if told["method"] == method)
        told = {key: results.cells[cell].get(key) for key in ("task", "sigma_y")}
        counts = {name: results.file["cells"][cell][name][...] for name in ("network_evaluations", "passes_back")
                  if name in results.file["cells"][cell]}
        return {name: results.array(cell, name) for name in COMPARED} | counts, told


class SameSamples(Folder):
    def run_on(self, ranks, output):
        code, _, errors = door("run", self.experiment(*METHODS), "--plugin", PLUGIN, "--output", output, "--quiet",
                               ranks=ranks)
        self.assertEqual(code, 0, errors)

    def assert_same(self, a, b):
        self.assertEqual(set(a), set(b))
        for name in a:
            self.assertTrue(np.array_equal(a[name], b[name]), f"{name} differs by {np.abs(a[name] - b[name]).max()}")

    def test_on_any_number_of_ranks(self):
        self.run_on(1, self.folder / "one")
        built_in, told = arrays(self.folder / "one", "dps")
        own, own_told = arrays(self.folder / "one", "my-dps")
        self.assertEqual(told, own_told)
        self.assertGreater(np.abs(built_in["samples"]).max(), 0.1)
        self.assert_same(built_in, own)
        for ranks in (2, 3):
            self.run_on(ranks, self.folder / f"ranks{ranks}")
            self.assert_same(arrays(self.folder / f"ranks{ranks}", "my-dps")[0], own)

    def test_killed_and_resumed(self):
        output = self.folder / "killed"
        words = ("run", self.experiment(*METHODS, images=6), "--plugin", PLUGIN, "--output", output, "--quiet")
        with subprocess.Popen(command(*words), env=os.environ | {"OMP_NUM_THREADS": "1"}) as process:
            deadline = time.monotonic() + 120
            while not list(output.glob("units/*.h5")) and time.monotonic() < deadline and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
        done = len(list(output.glob("units/*.h5")))
        self.assertTrue(0 < done < 6, f"{done} of 6 units were done when it was killed")
        code, _, errors = door(*words)
        self.assertEqual(code, 0, errors)
        built_in, own = arrays(output, "dps")[0], arrays(output, "my-dps")[0]
        self.assert_same(built_in, own)


if __name__ == "__main__":
    unittest.main()
