"""`pip install .` in a fresh virtual environment that has torch, and the command line there."""
import os
import pathlib
import subprocess
import sys
import sysconfig
import unittest

import torch
from door import EXAMPLES, SOURCE, Folder

BUILD = pathlib.Path(os.environ.get("PYTHONPATH", "").split(":")[0]).parent / "pip"  # kept: the next time little is new


class PipInstall(Folder):
    def run_it(self, *words):
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        ended = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment,
                               cwd=self.folder, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout[-4000:] + ended.stderr[-4000:])
        return ended.stdout

    def test_in_a_fresh_environment(self):
        self.run_it(sys.executable, "-m", "venv", "--without-pip", "fresh")
        python = self.folder / "fresh/bin/python"
        packages = pathlib.Path(self.run_it(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        # torch, as it came from PyPI, and what it needs; nothing of dpsbench
        shown = {pathlib.Path(torch.__file__).parents[1], pathlib.Path(sysconfig.get_path("purelib"))}
        (packages / "shown.pth").write_text("".join(f"{folder}\n" for folder in shown))
        self.run_it(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-build-isolation",
                    "--disable-pip-version-check", "-C", f"build-dir={BUILD}", SOURCE)
        self.assertTrue((packages / "dpsbench/__init__.py").is_file())
        self.assertIn("my-dps", self.run_it(python, "-m", "dpsbench", "methods", "my-dps", "--plugin", EXAMPLES / "dps.py"))
        self.assertIn("all parts are fit", self.run_it(python, "-m", "dpsbench", "check", EXAMPLES / "dps.py"))


if __name__ == "__main__":
    unittest.main()
