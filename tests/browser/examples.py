"""One or two states of each widget, for what holds of every widget."""

from softmaxlab.widgets import (
    Derivation,
    ExactDigits,
    GradientAtWork,
    InformationBars,
    JacobianView,
    LogitExplorer,
    LossDuel,
    PrecisionBreaker,
    ReliabilityDiagram,
)

EXAMPLES = {
    "Derivation": Derivation,
    "Derivation, p − y with five classes": lambda: Derivation("eq-p-minus-y", logits=[1, 0, -1, 3, -4.5], step=5),
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
    "LogitExplorer": LogitExplorer,
    "LogitExplorer, ten classes": lambda: LogitExplorer(logits=[2, 1, 0.1, -3, 4, 0, -1.5, 3.2, -6, 0.7]),
    "LossDuel": LossDuel,
    "LossDuel, a winner": lambda: LossDuel(gap=34.5, label="winner"),
    "PrecisionBreaker": PrecisionBreaker,
    "PrecisionBreaker, five classes": lambda: PrecisionBreaker(
        logits=[1000, 0.125, -3, -1000, 7], shift=-999.5, dtype="float16"
    ),
    "ReliabilityDiagram": ReliabilityDiagram,
    "ReliabilityDiagram, twenty bins": lambda: ReliabilityDiagram(
        temperature=0.3, penalty="much", smoothing=0.2, bins=20
    ),
}
