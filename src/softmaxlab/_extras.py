"""Optional dependencies: the base needs NumPy alone, and an import that needs more says which extra brings it."""

from importlib.util import find_spec


def require(*packages: str, by: str, extra: str) -> None:
    """Make sure that packages are there, and load none of them.

    Parameters
    ----------
    *packages : str
        As they are imported.
    by : str
        Who needs them.
    extra : str
        The extra in pyproject.toml that brings them.

    Raises
    ------
    ModuleNotFoundError
        If one is missing; the message names it, and the command that brings it.

    Examples
    --------
    >>> require("no_such_package", by="softmaxlab.widgets", extra="widgets")
    Traceback (most recent call last):
        ...
    ModuleNotFoundError: softmaxlab.widgets needs no_such_package: pip install "softmaxlab[widgets]"
    """
    for package in packages:
        try:
            found = find_spec(package) is not None
        except ModuleNotFoundError:
            found = False
        if not found:
            raise ModuleNotFoundError(f'{by} needs {package}: pip install "softmaxlab[{extra}]"', name=package)
