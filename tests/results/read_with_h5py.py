"""Reads an output folder with h5py alone: shapes, types, attributes, and a unit file as it lies on the disk."""
import sys
from pathlib import Path

import h5py
import numpy

folder = Path(sys.argv[1])

with h5py.File(folder / "results.h5") as file:
    assert file.attrs["experiment"] == "trial"
    assert file.attrs["complete"] == True  # noqa: E712 (a numpy.bool_)
    assert isinstance(file.attrs["complete"], numpy.bool_)
    assert file.attrs["units_planned"] == 6
    assert file.attrs["git_revision"] == "abc"
    assert list(file["cells"]) == ["000-cell", "001-cell"]
    cell = file["cells/001-cell"]
    assert cell.attrs["method"] == "dps-w"
    assert cell.attrs["method.steps"].dtype == numpy.int64
    assert cell.attrs["task.mask_fraction"] == 0.5
    assert cell.attrs["hidden_noise"].dtype == numpy.bool_ and not cell.attrs["hidden_noise"]
    assert cell["reference"].shape == (5, 3, 4, 4) and cell["reference"].dtype == numpy.float32
    assert cell["measurement"].shape == (5, 3, 2, 2)
    assert cell["samples"].shape == (5, 3, 4, 4) and cell["samples"].fletcher32
    assert cell["trajectory"].shape == (1, 5, 3, 4, 4)
    assert cell["step_size"].shape == (5, 10) and cell["step_size"].dtype == numpy.float64
    assert list(cell["image_ids"].asstr()) == [str(100000 + i) for i in range(5)]
    assert list(cell["positions"]) == [0, 1, 2, 3, 4]
    assert cell["metrics/psnr"].shape == (5,) and cell["metrics/psnr"].dtype == numpy.float64
    assert "dB" in cell["metrics"].attrs["psnr"] or "data range" in cell["metrics"].attrs["psnr"]
    # numpy's float64 sine of the same arguments, rounded to float32
    expected = numpy.sin(numpy.arange(96) * 0.37 + 10).astype(numpy.float32).reshape(2, 3, 4, 4)
    numpy.testing.assert_allclose(cell["samples"][:2], expected, atol=1e-7)
    assert file["cells/000-cell/reference"] == cell["reference"], "stored once, linked"

unit = sorted((folder / "units").glob("*.h5"))[0]
with h5py.File(unit) as file:  # a seal of 512 bytes comes first: HDF5 finds its beginning after it
    assert file.attrs["cell_id"] == "000-cell"
    assert file["samples"].shape == (2, 3, 4, 4)
