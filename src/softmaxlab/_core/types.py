"""Names for the types in signatures: what kind of numbers an array holds. Its shape stands in the docstring."""

from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]
IntArray: TypeAlias = NDArray[np.integer[Any]]
BoolArray: TypeAlias = NDArray[np.bool_]
RealArray: TypeAlias = NDArray[Any]  # of bools, integers or floats: whatever was given, once it is checked
FloatDtype: TypeAlias = np.dtype[np.floating[Any]]
Index: TypeAlias = IntArray | tuple[IntArray, ...]
Rows: TypeAlias = IntArray | tuple[()]  # indices of rows; () if there are none
Shape: TypeAlias = tuple[int, ...]
Reduction: TypeAlias = Literal["mean", "sum", "none"]

# An array with one number for each row, or a NumPy scalar where there is one row only. Which of the two depends on the
# shape, and types do not know shapes. A plain union would refuse right code that indexes or compares the result; with
# Any in it, a checker accepts all that an array can do and refuses the rest. NumPy's own types say Any for every ufunc.
ScalarOrArray: TypeAlias = FloatArray | Any
