"""The cells of the notebook in examples/ run, one after the other, and its numbers are there."""
import contextlib
import io
import json
import os
import unittest

from door import EXAMPLES, SOURCE, Folder


class Notebook(Folder):
    def test_every_cell_runs(self):
        os.chdir(SOURCE)
        cells = json.loads((EXAMPLES / "own_method.ipynb").read_text())["cells"]
        names, said = {"OUTPUT": str(self.folder / "out")}, io.StringIO()
        with contextlib.redirect_stdout(said):
            for number, cell in enumerate(cells):
                if cell["cell_type"] == "code":
                    exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)  # noqa: S102
        for words in ("all parts are fit", "dps-momentum - dps: ", "(4, 3, 32, 32) (4, 3, 32, 32)"):
            self.assertIn(words, said.getvalue())
        self.assertEqual(len(names["frame"]), 2 * 4 * 4)


if __name__ == "__main__":
    unittest.main()
