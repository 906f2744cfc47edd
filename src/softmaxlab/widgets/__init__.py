"""Widgets: live in JupyterLab with a kernel, and in the built page without one."""

from softmaxlab.widgets.derivation import Derivation
from softmaxlab.widgets.draw_digit import DrawDigit
from softmaxlab.widgets.exact_digits import ExactDigits
from softmaxlab.widgets.gradient_at_work import GradientAtWork
from softmaxlab.widgets.information_bars import InformationBars
from softmaxlab.widgets.jacobian_view import JacobianView
from softmaxlab.widgets.label_shape_lab import LabelShapeLab
from softmaxlab.widgets.logit_explorer import LogitExplorer
from softmaxlab.widgets.loss_duel import LossDuel
from softmaxlab.widgets.plane_trainer import PlaneTrainer
from softmaxlab.widgets.precision_breaker import PrecisionBreaker
from softmaxlab.widgets.reliability_diagram import ReliabilityDiagram
from softmaxlab.widgets.step_size import StepSize

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
