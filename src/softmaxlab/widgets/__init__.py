"""Widgets: live in JupyterLab with a kernel, and in the built page without one."""

from softmaxlab.widgets.logit_explorer import LogitExplorer

__all__ = ["LogitExplorer"]
