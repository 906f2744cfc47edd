"""Arrays of what callers pass: real numbers with nothing lost on the way, or an error whose advice was tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmaxlab._core.types import RealArray

REAL = np.bool_, np.integer, np.floating
DEEPEST = 64  # axes that NumPy allows: no array is nested more deeply
# What makes an array of a foreign object, the first that works: see `advice`.
WAYS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("{}.toarray()", lambda values: values.toarray()),  # SciPy's sparse arrays and matrices
    ("{}.to_dense()", lambda values: values.to_dense()),  # PyTorch's
    ("{}.detach()", lambda values: values.detach()),
    ("{}.float()", lambda values: values.float()),  # PyTorch's bfloat16
    ("{}.detach().float()", lambda values: values.detach().float()),
    ("{}.to_dense().detach()", lambda values: values.to_dense().detach()),
    ("{}.cpu()", lambda values: values.cpu()),
    ("[each.detach() for each in {}]", lambda values: [each.detach() for each in values]),
    ("[each.toarray() for each in {}]", lambda values: [each.toarray() for each in values]),
    ("{}", np.asarray),  # complex numbers: see below
    ("np.asarray({}, dtype=float)", lambda values: _as_floats(values)),
)


def real_array(values: object, name: str) -> RealArray:
    """Return `values` as an array of bools, integers or floats."""
    if type(values) is not np.ndarray:  # it can hold no mask; that its entries be objects is refused below
        refuse_masks(values, name)
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:  # the last two: rows of several lengths, PyTorch
        told = str(error).removesuffix(".")
        advised = advice(values, name).removeprefix(": ") or "expected rows of one length"
        raise ValueError(f"{name} is no array: {told}; {advised}") from error
    if not is_real(array.dtype):
        refuse_masks(array, name)  # arrays of objects
        raise ValueError(
            f"{name} has dtype {array.dtype}; expected real numbers, floats or integers{advice(values, name)}"
        )
    return array


def is_real(dtype: np.dtype[Any]) -> bool:
    """Tell NumPy's own bools, integers and floats from all else.

    A dtype that another package defines may call itself a float, and not be one to NumPy's functions.
    """
    return issubclass(dtype.type, REAL)


def numbers_or_none(values: object) -> NDArray[Any]:
    """Return `values` as an array of integers or floats; as an array of None, if they are anything else.

    >>> numbers_or_none([1, 2]), numbers_or_none([[1], [2, 3]]), numbers_or_none([True])
    (array([1, 2]), array(None, dtype=object), array(None, dtype=object))
    """
    try:
        array = real_array(values, "values")
    except ValueError:
        return np.array(None)
    return np.array(None) if array.dtype.kind == "b" else array


def called(name: str, values: object) -> str:
    """Write the caller's argument so that methods of arrays can follow: a list has none.

    >>> called("targets", np.array([0, 1])), called("targets", [0, 1])
    ('targets', 'np.asarray(targets)')
    """
    return name if isinstance(values, np.ndarray) else f"np.asarray({name})"


def cast_to_int(array: ArrayLike) -> str:
    """Write the cast of whole numbers to integers; nothing, where it would change or lose one.

    >>> cast_to_int(np.array([0.0, 2.0])), cast_to_int(np.array([0.5])), cast_to_int(np.array([np.nan]))
    ('.astype(int)', '', '')
    """
    array = np.asarray(array, dtype=float)
    return ".astype(int)" if np.all((np.abs(array) < 2.0**62) & (array == np.floor(array))) else ""


# --- masks ---


def refuse_masks(values: object, name: str) -> None:
    """Raise for masked arrays, also for those within lists: as a plain array they would lose their masks."""
    if isinstance(values, np.ma.MaskedArray):
        what, plain = "is a masked array, and its mask would be lost", "a plain array"
    elif holds_masks(values):
        what, plain = "holds masked arrays, and their masks would be lost", "plain arrays"
    else:
        return
    raise ValueError(f"{name} {what}; expected {plain}: {_unmasked(values, name)}")


def holds_masks(values: object) -> bool:
    """Tell whether there is a masked array, or the masked constant, anywhere in nested lists."""
    level: list[Any] = [values]
    for _ in range(DEEPEST):
        kinds = set(map(type, level))  # few, however many entries
        if any(issubclass(kind, np.ma.MaskedArray) for kind in kinds):
            return True
        nested = tuple(kind for kind in kinds if _may_nest(kind))
        if not nested:
            return False
        inner = [each for each in level if type(each) in nested and not _plain(each)]
        level = list(chain.from_iterable(each.flat if isinstance(each, np.ndarray) else each for each in inner))
    return False


def _may_nest(kind: type) -> bool:
    return issubclass(kind, np.ndarray | Sequence) and not issubclass(
        kind, str | bytes | bytearray | memoryview | range
    )


def _plain(each: object) -> bool:
    return isinstance(each, np.ndarray) and not each.dtype.hasobject


def _unmasked(values: Any, name: str) -> str:
    """Say how to fill what is masked: an impossible class has logit −inf; elsewhere only the caller can know."""
    start, fill = "if a masked entry counts as 0", "0"
    if name == "logits":
        start, fill = "if a masked class is impossible", "-np.inf"
    whole, array = name, values
    if not isinstance(values, np.ma.MaskedArray):
        whole = f"np.ma.stack({name})"
        array = _stacked(values)
        if array is None:
            return "fill each of them first"
    cast = ".astype(float)" if name == "logits" and array.dtype.kind != "f" else ""  # integers hold no −inf
    return f"{start}, write {whole}{cast}.filled({fill})"


def _stacked(values: Any) -> np.ma.MaskedArray[Any, Any] | None:
    """Return the one masked array that these make, or None if that fails or would lose a mask further in."""
    try:
        if all(isinstance(each, np.ma.MaskedArray) or not holds_masks(each) for each in values):
            return np.ma.stack(values)
    except (TypeError, ValueError):
        pass
    return None


# --- advice ---


def advice(values: object, name: str) -> str:
    """Name what makes a real array of `values`, found by trying; nothing, if nothing known does.

    >>> advice(["1", "2"], "logits"), advice(["a"], "logits"), advice([1j], "logits")
    (': write np.asarray(logits, dtype=float)', '', ': if the real parts are meant, write np.real(logits)')
    """
    for text, way in WAYS:
        try:
            array = np.asarray(way(values))
        except Exception:
            continue
        code = text.format(name)
        if array.dtype.kind == "c":
            return f": if the real parts are meant, write np.real({code})"
        if is_real(array.dtype):
            return f": write {code}"
    return ""


def _as_floats(values: object) -> NDArray[np.float64]:
    """Cast objects or text to floats, unless an entry became nan that was none: None, for instance."""
    given, cast = np.asarray(values), np.asarray(values, dtype=float)
    if given.dtype.hasobject and np.any(np.isnan(cast) & (given == given)):  # noqa: PLR0124  (an object is equal to itself, unless it is a nan)
        raise ValueError("an entry is no number")
    return cast
