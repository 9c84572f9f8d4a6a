"""What a results.h5 holds, for tests that compare outputs bit by bit."""


def datasets(path):
    """The bytes of every data set of every cell, by its name."""
    import h5py
    found = {}
    with h5py.File(path) as results:
        results["cells"].visititems(lambda name, item: found.update({name: item[()].tobytes()}) if isinstance(item, h5py.Dataset) else None)
    return found
