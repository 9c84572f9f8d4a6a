"""What came of a run: numbers as a pandas data frame, images as numpy arrays."""
import pathlib

ARRAYS = ("samples", "measurement", "measurement_picture", "reference", "trajectory", "step_size", "prior_share")


def open(output):  # noqa: A001
    """The results of an output folder whose run is complete, or of a results.h5."""
    return Results(output)


def results(output):
    """Every number of an output folder as a pandas data frame, tidy: a row a value, in the columns of `dpsbench results`:
    cell, dataset, task, task.<option>, sigma_y, seed, method, method.<option>, preset, method_label, image, group, sample,
    metric, value."""
    import pandas

    with open(output) as opened:
        frame = opened.frame()
        metrics = [name for name in frame.columns if name in opened.metrics()]
        frame["seed"] = frame["cell"].map({name: as_value(cell.get("seed", "")) for name, cell in opened.cells.items()})
        frame["preset"] = frame["cell"].map({name: cell.get("preset", "") for name, cell in opened.cells.items()})
    options = {role: sorted(name for name in frame.columns if name.startswith(role + ".")) for role in ("task", "method")}
    told = ["cell", "dataset", "task", *options["task"], "sigma_y", "seed", "method", *options["method"], "preset",
            "method_label", "image", "group", "sample"]
    long = pandas.melt(frame, id_vars=told, value_vars=metrics, var_name="metric", value_name="value")
    return long.dropna(subset="value").sort_values(["cell", "metric", "image", "sample"], ignore_index=True)


def as_value(text):
    """What an attribute's text says: a truth value, a number, or itself."""
    if not isinstance(text, str):
        return text.item() if hasattr(text, "item") else text
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            pass
    return text


class Results:
    """results.h5 of a run. cells: id -> attributes (data set, task, its options, sigma_y, method, its options)."""

    def __init__(self, output):
        import h5py  # with its own HDF5, which nobody needs who does not read results here

        path = pathlib.Path(output)
        self.path = path if path.suffix == ".h5" else path / "results.h5"
        if not self.path.exists():
            raise FileNotFoundError(f"{self.path} is not there: it is written when a run is complete, and by "
                                    f"'dpsbench report {output}' of what is done")
        self.file = h5py.File(self.path, "r")
        self.cells = {name: {key: plain(value) for key, value in cell.attrs.items()}
                      for name, cell in self.file["cells"].items()}

    def array(self, cell, name):
        """samples, measurement, reference, trajectory, ... of a cell, by its id, as numpy."""
        group = self.file["cells"][cell]
        if name not in group:
            there = [array for array in ARRAYS if array in group]
            raise KeyError(f"{name} is not in {cell}; there are: {', '.join(there)}")
        return group[name][...]

    def samples(self, cell):
        """[N, C, H, W], or [N, S, C, H, W] of several samples an image; in [-1, 1], as the method left them."""
        return self.array(cell, "samples")

    def measurements(self, cell):
        return self.array(cell, "measurement")

    def references(self, cell):
        return self.array(cell, "reference")

    def trajectories(self, cell):
        """[images, frames, C, H, W] of those that were filmed."""
        return self.array(cell, "trajectory")

    def image_ids(self, cell):
        return [plain(name) for name in self.file["cells"][cell]["image_ids"][...]]

    def groups(self, cell):
        """Which images belong together; None: each stands alone."""
        group = self.file["cells"][cell]
        return [plain(name) for name in group["image_groups"][...]] if "image_groups" in group else None

    def metrics(self):
        """The names of the metrics that any cell has."""
        return {name for cell in self.file["cells"].values() for name in cell["metrics"]}

    def frame(self):
        """A row a cell, image and sample: cell, dataset, task, task.<option>, sigma_y, method, method.<option>,
        method_label, image, group, sample, and a column a metric."""
        import pandas

        return pandas.DataFrame([row for cell in self.cells for row in self.rows(cell)])

    def rows(self, cell):
        attributes, group = self.cells[cell], self.file["cells"][cell]
        told = {"cell": cell, "dataset": attributes["dataset"], "task": attributes["task"]}
        told |= options_of(attributes, "task") | {"sigma_y": as_value(attributes["sigma_y"])}
        told |= {"method": attributes["method"]} | options_of(attributes, "method")
        told |= {"method_label": attributes["method_label"]}
        metrics = {name: values[...] for name, values in group["metrics"].items()}
        groups = self.groups(cell)
        for n, image in enumerate(self.image_ids(cell)):
            of_image = told | {"image": image, "group": groups[n] if groups else image}
            samples = max((values.shape[1] for values in metrics.values() if values.ndim > 1), default=1)
            for sample in range(samples):
                yield of_image | {"sample": sample} | {
                    name: float(values[n, sample] if values.ndim > 1 else values[n]) for name, values in metrics.items()}

    def close(self):
        self.file.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def plain(value):
    return value.decode() if isinstance(value, bytes) else value


def options_of(attributes, role):
    return {name: as_value(value) for name, value in attributes.items() if name.startswith(role + ".")}
