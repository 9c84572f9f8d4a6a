"""What dpsbench.open gives is what the files hold: numbers with their settings as columns, images, paired tests."""
import csv
import io
import unittest

import dpsbench
import numpy as np
import pandas
from door import Folder, door
from scipy import stats


class Results(Folder):
    def finished(self):
        experiment = self.experiment("name: dps, steps: [2, 3], scale: 2", "name: ddrm, steps: 2", images=4)
        experiment.write_text(experiment.read_text() + "samples: 2\n")
        output = self.folder / "out"
        for words in (("run", experiment, "--output", output, "--quiet"), ("report", output)):
            code, _, errors = door(*words)
            self.assertEqual(code, 0, errors)
        return output

    def test_frame_arrays_and_tests(self):
        output = self.finished()
        with dpsbench.open(output) as results:
            frame = results.frame()
            self.assertEqual(len(frame), 3 * 4 * 2)
            self.assertEqual(set(frame["method"]), {"dps", "ddrm"})
            self.assertEqual(sorted(set(frame.loc[frame["method"] == "dps", "method.steps"])), [2, 3])
            self.assertEqual(set(frame["sigma_y"]), {0.05})
            self.assertEqual(set(frame["task.mask_fraction"]), {0.7})
            self.assert_as_in_the_table(frame, output)
            for cell in results.cells:
                self.assert_psnr(results, cell, frame)
            self.assert_tests(frame)

    def test_tidy_frame_is_what_the_command_prints(self):
        output = self.finished()
        code, printed, errors = door("results", output)
        self.assertEqual(code, 0, errors)
        ours, theirs = dpsbench.results(output), pandas.read_csv(io.StringIO(printed), float_precision="round_trip")
        self.assertEqual(list(ours.columns), list(theirs.columns))
        keys = ["cell", "image", "sample", "metric"]
        ours, theirs = ours.set_index(keys).sort_index(), theirs.set_index(keys).sort_index()
        self.assertEqual(list(ours.index), list(theirs.index))
        np.testing.assert_array_equal(ours["value"], theirs["value"])
        for name in ("method.steps", "sigma_y", "seed", "task.mask_fraction"):
            np.testing.assert_array_equal(ours[name].astype(float), theirs[name].astype(float))

    def assert_as_in_the_table(self, frame, output):
        with open(output / "tables/images.csv", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        means = frame.groupby(["method_label", "image"])["psnr"].mean()
        self.assertEqual(len(rows), 3 * 4)
        for row in rows:
            self.assertAlmostEqual(means[row["method"], row["image"]], float(row["psnr"]), places=3)

    def assert_psnr(self, results, cell, frame):
        samples, references = results.samples(cell), results.references(cell)
        self.assertEqual(samples.shape, (4, 2, 3, 32, 32))
        self.assertEqual(results.trajectories(cell).shape[0], 1)
        rows = frame[(frame["cell"] == cell) & (frame["sample"] == 0)]
        error = np.clip(samples[:, 0], -1, 1) - references
        psnr = -10 * np.log10((error.astype(float) ** 2).mean(axis=(1, 2, 3)) / 4)
        self.assertEqual(list(rows["image"]), results.image_ids(cell))
        np.testing.assert_allclose(psnr, rows["psnr"], rtol=1e-4)

    def assert_tests(self, frame):
        first = frame[(frame["method"] == "dps") & (frame["method.steps"] == 2) & (frame["sample"] == 0)]["psnr"]
        second = frame[(frame["method"] == "ddrm") & (frame["sample"] == 0)]["psnr"]
        ours, theirs = dpsbench.paired(first, second), stats.ttest_rel(first, second)
        self.assertAlmostEqual(ours.p_value, theirs.pvalue, places=9)
        self.assertAlmostEqual(ours.difference.mean, first.mean() - second.mean(), places=9)
        best, p_values = dpsbench.best_of({"dps": first, "ddrm": second})
        self.assertEqual(best, "dps" if first.mean() > second.mean() else "ddrm")
        self.assertEqual(p_values[best], 1)

    def test_what_is_not_there_is_told(self):
        with self.assertRaisesRegex(FileNotFoundError, "written when a run is complete"):
            dpsbench.open(self.folder)


if __name__ == "__main__":
    unittest.main()
