"""What training accepts: features and integer labels, checked, with errors that say what to write instead."""

import numpy as np

from softmaxlab._checks import real_array, refuse_where


def checked_features(features, name="features"):
    """Return `features` as float64 of shape (m, d), finite and with at least one example."""
    features = real_array(features, name)
    if features.ndim != 2:
        hint = f": write {name}.reshape(len({name}), -1)" if features.ndim > 2 else ""
        raise ValueError(
            f"{name} has shape {features.shape}; expected one row for each example, shape (examples, features){hint}"
        )
    if len(features) == 0:
        raise ValueError(f"{name} has shape {features.shape}: no examples; expected at least one")
    if features.shape[1] == 0:
        raise ValueError(f"{name} has shape {features.shape}: no features; expected at least one")
    refuse_where(~np.isfinite(features), features, name, "finite numbers: fill or drop such examples first")
    return features.astype(float, copy=False)


def checked_labels(labels, rows=None, name="labels"):
    """Return `labels` as integers ≥ 0 of shape (m,), one for each of `rows` examples."""
    try:
        array = np.asarray(labels)
    except ValueError:  # rows of different lengths: real_array says so
        array = real_array(labels, name)
    if array.dtype.kind in "USO":
        raise ValueError(
            f"{name} has dtype {array.dtype}; expected integers from 0: "
            f"write names, {name} = np.unique({name}, return_inverse=True)"
        )
    labels = real_array(labels, name)
    if labels.ndim != 1:
        hint = f": write {name}.ravel()" if labels.shape[1:] == (1,) else ""
        hint = hint or (f": write {name}.argmax(axis=1)" if labels.ndim == 2 else "")
        raise ValueError(f"{name} has shape {labels.shape}; expected one integer for each example{hint}")
    if rows is not None and len(labels) != rows:
        raise ValueError(f"{name} has {len(labels)} entries for {rows} examples; expected one for each")
    if len(labels) == 0:
        raise ValueError(f"{name} has shape {labels.shape}: no examples; expected at least one")
    if labels.dtype.kind not in "iu":
        raise ValueError(f"{name} has dtype {labels.dtype}; expected integers: write {name}.astype(int)")
    refuse_where(labels < 0, labels, name, "class indices from 0")
    return labels.astype(np.intp)


def checked_training_set(features, labels, classes=None):
    """Return (features, labels, number of classes); every class must have an example to learn from."""
    features = checked_features(features)
    labels = checked_labels(labels, len(features))
    classes = int(labels.max()) + 1 if classes is None else checked_count(classes, "classes", 2)
    if classes < 2:
        raise ValueError(f"labels are all {labels[0]}: one class; expected at least two classes to tell apart")
    if labels.max() >= classes:
        raise ValueError(f"labels go up to {labels.max()}; expected class indices from 0 to {classes - 1}")
    missing = np.flatnonzero(np.bincount(labels, minlength=classes) == 0)
    if len(missing):
        raise ValueError(
            f"class {missing[0]} of 0 to {classes - 1} has no example to train on: its bias would run to −inf. "
            f"Add an example, or number only the classes that you have: "
            f"write _, labels = np.unique(labels, return_inverse=True)"
        )
    return features, labels, classes


def checked_number(value, name, low, strict=False):
    """Return `value` as a float above (or at) `low`."""
    number = real_array(value, name)
    if number.ndim or not np.isfinite(number) or number < low or (strict and number == low):
        raise ValueError(f"{name} is {value}; expected a finite number {'above' if strict else 'of at least'} {low}")
    return float(number)


def checked_count(value, name, low):
    """Return `value` as a whole number of at least `low`."""
    number = real_array(value, name)
    if number.ndim or number.dtype.kind not in "iu" or number < low:
        raise ValueError(f"{name} is {value}; expected a whole number of at least {low}")
    return int(number)
