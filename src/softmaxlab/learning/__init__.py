"""Learning with softmax: data, models, optimizers, metrics, scores and calibration.

Public, for readers and chapters; used by lessons, widgets and figures. L-BFGS comes from SciPy: the extra
``learning``.
"""
