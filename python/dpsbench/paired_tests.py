"""The tests of the tables, on numbers of the same images."""
from . import _core


def values_and_groups(first, second, groups):
    first, second = [float(value) for value in first], [float(value) for value in second]
    return first, second, [str(group) for group in groups] if groups is not None else []


def paired(first, second, groups=None, confidence=0.95):
    """The paired t-test of first - second, image by image: .difference (.mean, .half_width), .t, .p_value. groups: a
    label an image where images belong together, as crops of one photograph do."""
    first, second, groups = values_and_groups(first, second, groups)
    return _core.paired_comparison(first, second, groups, confidence)


def best_of(values, larger_is_better=True, groups=None):
    """(name of the best, {name: p value that it is as good}) of values {name: one number an image}, the test behind the
    tables' bold and underlined rows: choosing the best from the same images is part of it."""
    names = list(values)
    sign = -1.0 if larger_is_better else 1.0
    losses = [[sign * float(value) for value in values[name]] for name in names]
    against = _core.against_best(losses, [str(group) for group in groups] if groups is not None else [])
    return names[against.best], dict(zip(names, against.p_values))
