"""Widgets: live in JupyterLab with a kernel, and in the built page without one.

Used by the cells of the chapters, and by anybody's notebook. Each is loaded when it is asked for: some bring SymPy
or SciPy along, and most need neither.
"""

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from softmaxlab._extras import require

require("anywidget", by="softmaxlab.widgets", extra="widgets")

if TYPE_CHECKING:
    from softmaxlab.widgets.derivation import Derivation as Derivation
    from softmaxlab.widgets.draw_digit import DrawDigit as DrawDigit
    from softmaxlab.widgets.exact_digits import ExactDigits as ExactDigits
    from softmaxlab.widgets.gradient_at_work import GradientAtWork as GradientAtWork
    from softmaxlab.widgets.information_bars import InformationBars as InformationBars
    from softmaxlab.widgets.jacobian_view import JacobianView as JacobianView
    from softmaxlab.widgets.label_shape_lab import LabelShapeLab as LabelShapeLab
    from softmaxlab.widgets.logit_explorer import LogitExplorer as LogitExplorer
    from softmaxlab.widgets.loss_duel import LossDuel as LossDuel
    from softmaxlab.widgets.plane_trainer import PlaneTrainer as PlaneTrainer
    from softmaxlab.widgets.precision_breaker import PrecisionBreaker as PrecisionBreaker
    from softmaxlab.widgets.reliability_diagram import ReliabilityDiagram as ReliabilityDiagram
    from softmaxlab.widgets.step_size import StepSize as StepSize

__all__ = [
    "Derivation",
    "DrawDigit",
    "ExactDigits",
    "GradientAtWork",
    "InformationBars",
    "JacobianView",
    "LabelShapeLab",
    "LogitExplorer",
    "LossDuel",
    "PlaneTrainer",
    "PrecisionBreaker",
    "ReliabilityDiagram",
    "StepSize",
]


def __getattr__(name: str) -> Any:
    """Load a widget: LogitExplorer is in logit_explorer."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = re.sub("(?<!^)(?=[A-Z])", "_", name).lower()
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    """List the widgets, loaded or not."""
    return sorted({*globals(), *__all__})
