"""The long explanation of each diagnostic code, for ``symderiv explain CODE``.

The texts are in ``templates/explanations.md``, one section each; this module only finds them. They must never blame
the author, and never promise what the checker does not do.
"""

from __future__ import annotations

import re
from functools import cache

from symderiv.diagnostics import UserError
from symderiv.writers import template_folder


@cache
def explanations() -> dict[str, str]:
    """Each code with its section, whose first line is ``CODE: title``; errors first, then warnings, by number."""
    text = (template_folder() / "explanations.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (?=[A-Z]\d{3}: )", text, flags=re.M)[1:]
    return {section[:4]: section.rstrip() for section in sections}


def explain(code: str) -> str:
    """The explanation of ``code``, as plain text. Raises UserError for an unknown one."""
    try:
        return explanations()[code.strip().upper()]
    except KeyError:
        raise UserError(f"there is no message {code!r}; `symderiv explain` lists all of them") from None


def titles() -> list[str]:
    """The first line of each explanation."""
    return [section.partition("\n")[0] for section in explanations().values()]
