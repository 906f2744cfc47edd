"""The base of all widgets: one JavaScript module, one style sheet, and a still for readers without JavaScript."""

import html
import re
from typing import Any, ClassVar

import anywidget
import traitlets

from softmaxlab._page_names import Attribute, Class
from softmaxlab.widgets._runtime.modules import WIDGETS, compose_module


class RefusedError(traitlets.TraitError, ValueError):
    """A value that a widget can't take; the message says what to write instead."""


def shared_style() -> str:
    """The part that all style sheets begin with: the palette and core.css."""
    return _small_style("_runtime/palette.css", "_runtime/core.css")


def compose_style(name: str) -> str:
    """One style sheet out of the palette, core.css and NAME/widget.css, without comments and line breaks."""
    return shared_style() + _small_style(f"{name}/widget.css")


def _small_style(*names: str) -> str:
    text = "".join(_read(name) for name in names)
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()


class Widget(anywidget.AnyWidget):
    """A widget that lives in JupyterLab and, without a kernel, in the built page.

    A subclass names its front end, ``class Thing(Widget, front_end="thing")``: the folder of its widget.js and
    widget.css. It writes `still`.
    """

    front_end: ClassVar[str]

    def __init_subclass__(cls, front_end: str | None = None, **kwargs: Any) -> None:
        """Compose the module and the style sheet of a class that names its front end."""
        if front_end is not None:
            cls.front_end = front_end
            cls._esm = compose_module(front_end)
            cls._css = compose_style(front_end)
        super().__init_subclass__(**kwargs)

    url_state = traitlets.Bool(
        None,
        allow_none=True,
        help="Whether the state is kept in the address of a static page. None: if this is the first of its kind there.",
    ).tag(sync=True)

    def still(self) -> str:
        """Picture of the present state as HTML, readable without JavaScript. A subclass writes it."""
        raise NotImplementedError(f"{type(self).__name__} has no still: it needs one that returns HTML")

    def mount_attributes(self) -> dict[str, str]:
        """Attributes that the host script finds on the place of this widget in a page."""
        fragment = {None: "auto", True: "own", False: "none"}[self.url_state]
        return {
            "class": Class.MOUNT,
            Attribute.MODEL_ID: self.model_id,
            Attribute.WIDGET: self.front_end,
            Attribute.FRAGMENT: fragment,
        }

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Add to the live view a still in HTML: assets/host.js replaces it by the widget."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:  # a widget that is closed
            return None
        data, metadata = bundle
        pairs = self.mount_attributes().items()
        attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in pairs)
        # The style travels with the still: no script has run yet. The mark behind it says that all of it has arrived:
        # half a still would be laid out again, and move.
        whole = f'<span class="{Class.WHOLE}" hidden></span>'
        data["text/html"] = f"<div{attributes}><style>{self._css}</style>{self.still()}{whole}</div>"
        return data, metadata


def _read(name: str) -> str:
    return (WIDGETS / name).read_text(encoding="utf-8")
