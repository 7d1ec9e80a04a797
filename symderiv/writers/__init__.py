"""Writers: one module for each output format, each printing a ``Report`` (symderiv/writers/report.py) or a result.

This package file only finds the templates and sets up the template engine for them. A writer must never compute
mathematics, and never let text of a document act as markup or as template code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def template_folder() -> Path:
    """The folder of templates: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def encoded(page: str) -> bytes:
    """What is written to a file. A name that is no text (\\udcff) may stand in a page, and becomes question marks."""
    return page.encode("utf-8", "replace")


@cache
def _environment(form: str, escape: Callable[[str], str]) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def finalize(value: Any) -> Any:
        # What a template or a writer has marked as markup passes; everything else is text.
        return value if hasattr(value, "__html__") else Markup(escape(str(value)))

    return Environment(
        block_start_string="((*",
        block_end_string="*))",
        variable_start_string="(((",
        variable_end_string=")))",
        comment_start_string="((#",
        comment_end_string="#))",
        undefined=StrictUndefined,
        autoescape=True,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=FileSystemLoader(template_folder() / form),
    )


def fill(form: str, template: str, escape: Callable[[str], str], values: Mapping[str, object]) -> str:
    """A template of the folder ``form``, filled with ``values``; what is not ``Markup`` is escaped by ``escape``."""
    return _environment(form, escape).get_template(template).render(values)
