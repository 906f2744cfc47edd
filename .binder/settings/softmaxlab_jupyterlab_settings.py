"""Nothing to import: this package brings a settings file for JupyterLab."""
