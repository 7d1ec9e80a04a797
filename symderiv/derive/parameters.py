"""Which derivations there are, and what they may be asked for: templates by name or path, their parameters, checked.

Everything that a user can get wrong here raises ``UserError``. This module must never fill a template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from symderiv.diagnostics import UserError, whole

LARGEST_SIZE = 1000
_DEFAULTS = {"classes": "4", "true_class": "3", "features": "1", "samples": "m"}
_LETTERS = {"classes": "K", "features": "n", "samples": "m"}


@dataclass(frozen=True, slots=True)
class Derivation:
    """A template: its name, its file, its text, a description of one line, and its parameters with their defaults.

    The template declares both in its first comments, ``((# description: ... #))`` and
    ``((# parameters: classes=4 true_class=3 samples=m #))``; without them it has all four parameters.
    """

    name: str
    path: Path
    source: str
    description: str
    parameters: Mapping[str, str]


def derivations() -> tuple[Derivation, ...]:
    """The derivations that come with symderiv, by name."""
    from symderiv.writers import template_folder

    folder = template_folder() / "derivations"
    paths = sorted(path for path in folder.glob("*.tex.j2") if not path.name.startswith("_"))
    return tuple(_derivation(path, path.read_text(encoding="utf-8")) for path in paths)


def find(name_or_path: str | os.PathLike[str]) -> Derivation:
    """A derivation by its name, or by the path of a template (ending in ``.j2``). Raises UserError."""
    text = os.fspath(name_or_path)
    if text.endswith(".j2"):
        from symderiv.reader.containers.files import read_file

        return _derivation(Path(text), read_file(Path(text), text))
    known = {derivation.name: derivation for derivation in derivations()}
    if text not in known:
        import difflib

        near = difflib.get_close_matches(text, known, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(known)}."
        raise UserError(f"there is no derivation called {text!r}; {hint} A template of your own is given by its path, "
                        "which ends in .j2")  # fmt: skip
    return known[text]


def _derivation(path: Path, source: str) -> Derivation:
    name = re.sub(r"(\.tex)?\.j2$", "", path.name)
    notes = dict(re.findall(r"\(\(#-?\s*(description|parameters):\s*(.*?)\s*-?#\)\)", source))
    parameters = _DEFAULTS
    if "parameters" in notes:
        parameters = dict(entry.partition("=")[::2] for entry in notes["parameters"].split())
        if unknown := [key for key in parameters if key not in _DEFAULTS]:
            raise UserError(f"the template {path.name} declares the parameter {unknown[0]!r}; a template can have "
                            f"{', '.join(_DEFAULTS)}")  # fmt: skip
    return Derivation(name, path, source, notes.get("description", ""), parameters)


def settle(derivation: Derivation, given: Mapping[str, int | str | None]) -> dict[str, int | str]:
    """The parameters of a derivation, with defaults for what is not given. Raises UserError for unusable ones."""
    for key, value in given.items():
        if value is not None and key not in derivation.parameters:
            flags = ", ".join(_flag(name) for name in derivation.parameters) or "none"
            raise UserError(f"the derivation {derivation.name} has no parameter {_flag(key)}; it has: {flags}")
    chosen = {key: given.get(key) for key in derivation.parameters}
    settled: dict[str, int | str] = {}
    for key in _LETTERS:
        if key in chosen:
            value = chosen[key]
            settled[key] = _default(derivation, key) if value is None else _size(key, value)
    if "true_class" in chosen:
        classes = settled.get("classes", int(_DEFAULTS["classes"]))
        value = chosen["true_class"]
        if value is None and isinstance(classes, int):
            value = min(int(_default(derivation, "true_class")), classes)
        settled["true_class"] = _true_class(value, classes)
    return {key: settled[key] for key in derivation.parameters}


def _default(derivation: Derivation, key: str) -> int | str:
    """What the template declares for a parameter. Raises UserError that names the template, where it is unusable."""
    declared = derivation.parameters[key]
    try:
        return _true_class(declared, LARGEST_SIZE) if key == "true_class" else _size(key, declared)
    except UserError as error:
        where = f"the template {derivation.path.name} declares {key}={declared}"
        raise UserError(f"{where}, which cannot be: {error}") from None


def _flag(key: str) -> str:
    return "--" + key.replace("_", "-")


def _whole(value: object) -> int | None:
    digits = isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value)
    return int(digits[0]) if digits else whole(value)


def _size(key: str, value: object) -> int | str:
    letter, least = _LETTERS[key], 2 if key == "classes" else 1
    if value == letter:
        return letter
    size = _whole(value)
    if size is None and not (isinstance(value, str) and re.fullmatch(r"[+]?[0-9]+", value)):
        raise UserError(f"{_flag(key)} must be a whole number, or {letter} for any number at once; not {value!r}")
    if size is not None and size < least:
        reason = "softmax needs a choice" if key == "classes" else "there must be something to learn from"
        raise UserError(f"{_flag(key)} must be at least {least}, not {size}: {reason}")
    if size is None or size > LARGEST_SIZE:
        raise UserError(f"{_flag(key)} can be at most {LARGEST_SIZE}, not {value}: beyond that the report would say "
                        f"nothing new. {_flag(key)} {letter} gives the derivation for any number at once")  # fmt: skip
    return size


def _true_class(value: object, classes: int | str) -> int | str:
    if classes == "K":
        if value not in (None, "c"):
            raise UserError(f"with --classes K the true class is any class c, so --true-class {value} cannot be given")
        return "c"
    assert isinstance(classes, int)
    true_class = _whole(value)
    if true_class is None or not 1 <= true_class <= classes:
        raise UserError(f"--true-class must be one of the classes 1 to {classes}, not {value}")
    return true_class
