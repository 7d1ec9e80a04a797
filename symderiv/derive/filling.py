r"""Fills a derivation template, in a sandbox and within a budget, with parameters, words and SymPy's results.

A template is a stranger's program: this module must never let it run for ever, reach anything but the values below, or
fail with a traceback.

What a template may use (``((* ... *))`` statements, ``((( ... )))`` values, ``((# ... #))`` comments):

=================================== ==============================================================================
``K c n m``                         number of classes, true class, last feature, number of samples: ints, or the
                                    letters ``'K' 'c' 'n' 'm'``
``features``                        the number of features: an int or ``'n'``
``symbolic``                        the number of classes is any number K
``written_out``                     there are few enough classes (up to 5) to write out every one
``all_classes``                     the classes 1..K as a list; empty if ``symbolic``
``number``                          the number of classes for running text: ``four``, ``100``, ``$K$``
``classes_other_than(c)``           the classes without c
``words(4)``, ``ordinal(2)``        ``four`` (digits beyond twelve), ``second``
``plural(m, 'sample')``             ``five samples``, ``$m$ samples``
``roman(3)``                        ``III``
``listing(items, before, after)``   ``a, b and c`` with something around each
``enumeration('f')``                ``$f_1$, $f_2$ and $f_3$``, or ``$f_1, \ldots, f_{100}$``
``pair(k, j)``, ``pairs(ks, js)``   the two subscripts of a weight: ``10``, ``1,0`` where numbers have two digits
``comma(k)``                        a second subscript that is set off by a comma if it has two digits
``one_hot(c)``                      ``(0, 0, 1, 0)``
``softmax_derivative(i, k)``        dp_i/df_k as SymPy finds it
``loss_derivative(k)``              dL/df_k for L = -log p_c
``hypothesis_derivative(i, k)``     dh_i/dTheta_k0
``weight_derivative(k, j)``         dJ/dTheta_kj
``... | tex``                       marks a string as LaTeX; other strings are escaped as text
=================================== ==============================================================================
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

from symderiv.derive.parameters import Derivation
from symderiv.derive.values import Values
from symderiv.diagnostics import UserError

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

WRITTEN_OUT = 5
ITERATIONS = 500_000
SECONDS = 20.0  # for one filling
LONGEST_TEXT = 4_000_000
_TOO_LONG = f"the template puts together something longer than {LONGEST_TEXT:,} characters"
_GROWING = {"center", "ljust", "rjust", "zfill", "expandtabs", "replace", "join", "translate"}  # methods of strings
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ORDINALS = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_ROMAN = ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]


class Tex(str):
    """A string that is LaTeX already; other strings are text, and escaped."""

    __slots__ = ()

    def __html__(self) -> Tex:
        return self


def _join(items: Iterable[object]) -> Tex:
    words = [str(item) for item in items]
    return Tex(" and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words))


def _as_tex(function: Callable[..., str]) -> Callable[..., Tex]:
    return lambda *arguments: Tex(function(*arguments))


def words(number: int) -> str:
    return _WORDS[number] if 0 <= number < len(_WORDS) else str(number)


def _vocabulary(parameters: Mapping[str, int | str], values: Values) -> dict[str, Any]:
    """The names that a template may use, described at the top of this module."""
    K, c = parameters.get("classes", 4), parameters.get("true_class", 1)
    features, m = parameters.get("features", 1), parameters.get("samples", "m")
    symbolic = K == "K"
    classes = [] if isinstance(K, str) else list(range(1, K + 1))

    def counted(size: int | str) -> Tex:
        return Tex(words(size) if isinstance(size, int) else f"${size}$")

    def pair(k: object, j: object) -> Tex:
        return Tex(f"{k}{values.separator}{j}")

    def listing(items: Iterable[object], before: str = "", after: str = "") -> Tex:
        return _join(f"{before}{item}{after}" for item in items)

    def enumeration(symbol: str, after: str = "", size: int | str = K) -> Tex:
        if isinstance(size, int) and size <= WRITTEN_OUT:
            return listing(range(1, size + 1), f"${symbol}_", f"{after}$")
        return Tex(rf"${symbol}_1{after}, \ldots, {symbol}_{{{size}}}{after}$")

    return {
        "K": K, "c": c, "n": features, "m": m, "features": features, "symbolic": symbolic,
        "written_out": 0 < len(classes) <= WRITTEN_OUT, "all_classes": classes, "number": counted(K),
        "classes_other_than": lambda without: [k for k in classes if k != without],
        "words": words,
        "ordinal": lambda k: _ORDINALS[k] if 0 <= k < len(_ORDINALS) else f"{k}th",
        "plural": lambda size, noun: Tex(f"{counted(size)} {noun}{'' if size == 1 else 's'}"),
        "roman": lambda k: _ROMAN[k],
        "listing": listing, "enumeration": enumeration, "pair": pair,
        "pairs": lambda rows, columns: [pair(k, j) for k in rows for j in columns],
        "comma": lambda k: Tex(k if len(str(k)) == 1 else f",{k}"),
        "one_hot": lambda true: Tex("(" + ", ".join("1" if k == true else "0" for k in classes) + ")"),
        **{name: _as_tex(function) for name, function in values.functions().items()},
    }  # fmt: skip


class _Budget:
    """Counts loop turns and calls of one filling, so that a template cannot run for ever.

    The clock is for turns that take long by themselves, because each makes or searches a long list.
    """

    def __init__(self) -> None:
        self.left = ITERATIONS
        self.deadline = monotonic() + SECONDS

    def spend(self) -> None:
        self.left -= 1
        if monotonic() > self.deadline:
            raise UserError(f"the template takes more than {SECONDS:g} seconds to fill; does it go through long lists?")
        if self.left < 0:
            raise UserError(f"the template takes more than {ITERATIONS:,} steps to fill; does one of its loops end?")

    def loop(self, items: Iterable[object]) -> Iterator[object]:
        for item in items:
            self.spend()
            yield item


def _short(value: Any) -> Any:
    """``value``, unless it is a string or list that has grown out of all proportion."""
    if isinstance(value, str | list | tuple) and len(value) > LONGEST_TEXT:
        raise UserError(_TOO_LONG)
    return value


def _text(value: object) -> str:
    """``value`` as text; a list inside lists could be a text of any length."""
    if isinstance(value, list | tuple | dict | set):
        raise UserError("the template prints a list or a table as a whole; print its members, as with listing(...)")
    return str(value)


Mark = Callable[[str, int, str], str]
"""What stands for a piece of a template's own text, given the template's name and the line at which it begins."""


def _environment(folder: Path, budget: _Budget, mark: Mark | None) -> SandboxedEnvironment:
    import jinja2
    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment
    from jinja2.visitor import NodeTransformer
    from markupsafe import Markup

    from symderiv.reader.containers.files import read_file
    from symderiv.writers import template_folder
    from symderiv.writers.latex import escape

    class _Concatenations(NodeTransformer):
        """``a ~ b`` as a filter, so that its length can be looked at."""

        def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
            self.generic_visit(node)
            return nodes.Filter(nodes.List(node.nodes), "_concatenated", [], [], None, None, lineno=node.lineno)

    class Environment(SandboxedEnvironment):
        intercepted_binops = frozenset({"+", "*", "**", "%"})

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            tree = _Concatenations().visit(super()._parse(source, name, filename))
            for loop in tree.find_all(nodes.For):
                loop.iter = nodes.Filter(loop.iter, "_loop", [], [], None, None, lineno=loop.lineno)
            if mark is not None:
                for data in tree.find_all(nodes.TemplateData):
                    data.data = mark(name or "", data.lineno, data.data)
            return tree

        def call(self, context: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
            budget.spend()
            return super().call(context, function, *args, **kwargs)

        def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
            grows = isinstance(obj, int) or (isinstance(obj, str) and attr in _GROWING)
            return not grows and super().is_safe_attribute(obj, attr, value)

        @staticmethod
        def concat(pieces: Iterable[str]) -> str:  # what a macro, a block or a `set` gives
            return str(join(pieces))

        def wrap_str_format(self, value: Any) -> Any:
            if getattr(value, "__name__", "") in ("format", "format_map"):
                raise jinja2.exceptions.SecurityError("str.format could make a text of any length")
            return None

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if operator == "+":
                return _short(super().call_binop(context, operator, left, right))
            if not all(isinstance(value, (int, float)) and abs(value) < 10**9 for value in (left, right)):
                raise jinja2.exceptions.SecurityError(f"{operator} is for numbers below 1,000,000,000 only")
            if operator == "**" and abs(right) > 64:
                raise jinja2.exceptions.SecurityError("an exponent can be at most 64")
            return super().call_binop(context, operator, left, right)

    @jinja2.pass_context  # else Jinja escapes the constants of a template as HTML when it compiles it
    def finalize(context: Any, value: Any) -> Any:
        return value if hasattr(value, "__html__") else Markup(escape(_text(value)))

    def concatenated(items: list[object]) -> str:
        if any(hasattr(item, "__html__") for item in items):
            return _short(Tex("".join(str(i) if hasattr(i, "__html__") else escape(_text(i)) for i in items)))
        return _short("".join(map(_text, items)))

    def join(items: Iterable[object], between: str = "") -> Tex:
        pieces: list[str] = []
        length = 0
        for item in items:
            pieces.append(_text(item))
            length += len(pieces[-1]) + len(between)
            if length > LONGEST_TEXT:
                raise UserError(_TOO_LONG)
        return Tex(between.join(pieces))

    def total(items: Iterable[Any]) -> Any:
        return sum(item for item in items if isinstance(item, int | float))

    def included(name: str) -> str:
        for place in (folder.resolve(), template_folder() / "derivations"):
            path = (place / name).resolve()
            if path.is_relative_to(place) and path.is_file():
                return read_file(path, name)
        raise jinja2.TemplateNotFound(name, f"there is no template {name} in its folder")

    environment = Environment(
        block_start_string="((*", block_end_string="*))",
        variable_start_string="(((", variable_end_string=")))",
        comment_start_string="((#", comment_end_string="#))",
        undefined=jinja2.StrictUndefined, autoescape=True, finalize=finalize,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        loader=jinja2.FunctionLoader(included),
    )  # fmt: skip
    for name in ("lipsum", "namespace", "cycler", "joiner", "dict"):
        environment.globals.pop(name, None)
    kept = {"first", "last", "length", "count", "list", "sort", "sum", "max", "min", "abs", "int", "reverse", "string",
            "default", "d", "upper", "lower", "capitalize", "trim", "select", "reject", "map"}  # fmt: skip
    for name in set(environment.filters) - kept:
        del environment.filters[name]
    environment.filters.update(
        {"tex": Tex, "join": join, "sum": total, "string": _text, "_loop": budget.loop, "_concatenated": concatenated}
    )
    return environment


def fill(derivation: Derivation, parameters: Mapping[str, int | str], values: Values | None = None) -> str:
    """The text of a derivation for these parameters; ``values`` are SymPy's results for them, if there are any yet.

    Raises UserError for a template that cannot be filled.
    """
    return tidied(filled(derivation, parameters, values or Values(parameters)))


def tidied(text: str) -> str:
    """A filled template without the braces and the empty lines that only filling made."""
    text = re.sub(r"([_^])\{(\w)\}", r"\1\2", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def filled(
    derivation: Derivation, parameters: Mapping[str, int | str], values: Values, mark: Mark | None = None
) -> str:
    """What the template gives; ``mark`` changes the pieces that are its own text. Raises UserError as ``fill`` does."""
    import jinja2

    name = derivation.path.name
    budget = _Budget()
    environment = _environment(derivation.path.parent, budget, mark)
    vocabulary = _vocabulary(parameters, values)
    pieces: list[str] = []
    try:
        code = environment.compile(derivation.source, name, name)
        template = jinja2.Template.from_code(environment, code, environment.make_globals(vocabulary))
        length = 0
        for piece in template.generate():
            length += len(piece)
            if length > LONGEST_TEXT:
                raise UserError(f"the template {name} gives more than {LONGEST_TEXT:,} characters; is there an endless "
                                "loop in it?")  # fmt: skip
            pieces.append(piece)
    except UserError:
        raise
    except jinja2.TemplateSyntaxError as error:
        _unfillable(derivation, error.lineno, error.message or "syntax error", error.name)
    except RecursionError:
        _unfillable(derivation, None, "it calls itself without end")
    except MemoryError:
        _unfillable(derivation, None, "it needs too much memory")
    except Exception as error:  # whatever a stranger's template does wrong is the template's mistake, with its line
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
        _unfillable(derivation, frames[-1].lineno if frames else None, str(error) or type(error).__name__)
    return "".join(pieces)


def _unfillable(derivation: Derivation, line: int | None, message: str, name: str | None = None) -> NoReturn:
    own = name is None or name == derivation.path.name
    place = f"{derivation.path if own else name}:{line}" if line else str(derivation.path)
    shown = ""
    if line and own:
        source = derivation.source.splitlines()
        shown = f", in the line  {source[line - 1].strip()}" if line <= len(source) else ""
    raise UserError(f"{place}: the template cannot be filled: {message.rstrip('.')}{shown}") from None
