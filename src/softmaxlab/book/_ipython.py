"""What IPython offers a notebook, with the types that it lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core import display_functions, formatters

display: Callable[..., None] = display_functions.display
format_display_data: Callable[[object], tuple[dict[str, Any], dict[str, Any]]] = formatters.format_display_data
