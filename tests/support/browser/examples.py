"""One or two states of each widget, for what holds of every widget."""

import numpy as np

from softmaxlab.widgets import (
    Derivation,
    DrawDigit,
    ExactDigits,
    GradientAtWork,
    InformationBars,
    JacobianView,
    LabelShapeLab,
    LogitExplorer,
    LossDuel,
    PlaneTrainer,
    PrecisionBreaker,
    ReliabilityDiagram,
    StepSize,
)

EXAMPLES = {
    "Derivation": Derivation,
    "Derivation, p − y with five classes": lambda: Derivation("eq-p-minus-y", logits=[1, 0, -1, 3, -4.5], step=5),
    "DrawDigit": DrawDigit,
    "DrawDigit, an empty pad": lambda: DrawDigit(pixels=[0] * 64, label=7, temperature=2.5, shown=3),
    "ExactDigits": ExactDigits,
    "ExactDigits, float16": lambda: ExactDigits(logits=[-999.7, 0.1], true_class=1, dtype="float16"),
    "GradientAtWork": GradientAtWork,
    "GradientAtWork, four classes": lambda: GradientAtWork(
        logits=[-20, 20, 3, 0], targets=[0.7, 0.2, 0.1, 0], rate=0.1, steps=1000
    ),
    "InformationBars": InformationBars,
    "InformationBars, infinite": lambda: InformationBars(targets=[0.5, 0, 0.5], probs=[0.2, 0.8, 0], unit="bits"),
    "JacobianView": lambda: JacobianView(logits=[1, 0, -1], tangent=[1, -0.5, 0.25], labels=["cat", "dog", "bird"]),
    "JacobianView, ten classes": lambda: JacobianView(logits=[2, 1, 0.1, -3, 4, 0, -1.5, 3.2, -6, 0.7]),
    "LabelShapeLab": LabelShapeLab,
    "LabelShapeLab, four classes": lambda: LabelShapeLab(
        logits=[[4, -2.5, 0, 1], [20, -20, 3, 0]], labels=[3, 1], form="one-hot, int", factor=2.5
    ),
    "LogitExplorer": LogitExplorer,
    "LogitExplorer, ten classes": lambda: LogitExplorer(logits=[2, 1, 0.1, -3, 4, 0, -1.5, 3.2, -6, 0.7]),
    "LossDuel": LossDuel,
    "LossDuel, a winner": lambda: LossDuel(gap=34.5, label="winner"),
    "PlaneTrainer": PlaneTrainer,
    "PlaneTrainer, sure and wrong": lambda: PlaneTrainer(
        points=np.random.default_rng(3).uniform(-2.5, 2.5, (60, 2)),
        labels=[0, 1] * 30,
        start="wrong",
        loss="squared error",
        rate=30,
        step=300,
        selected=7,
    ),
    "PrecisionBreaker": PrecisionBreaker,
    "PrecisionBreaker, five classes": lambda: PrecisionBreaker(
        logits=[1000, 0.125, -3, -1000, 7], shift=-999.5, dtype="float16"
    ),
    "ReliabilityDiagram": ReliabilityDiagram,
    "ReliabilityDiagram, twenty bins": lambda: ReliabilityDiagram(
        temperature=0.3, penalty="much", smoothing=0.2, bins=20
    ),
    "StepSize": StepSize,
    "StepSize, a nudge too small": lambda: StepSize(logits=[-20, 4, -8.5], true_class=2, nudged=2, step=1e-16),
}
