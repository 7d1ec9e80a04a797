r"""What holds of distributions: they sum to one, whatever they depend on, and ``p(x,z) = p(z|x) p(x)``.

These are assumptions like others: a proof that uses one says so. This module must never call a function a distribution
that no expectation or divergence is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from symderiv.document import Span
from symderiv.kernel.derivative import unknown_derivative
from symderiv.notation.printer import SLOT
from symderiv.reader.grammar.names import shown
from symderiv.reader.letters.symbols import PROBABILITIES, Symbols, base_name
from symderiv.terms import ONE, ZERO, Assumption, Head, Range, Sum, Term, Var, mul, power

NAMED = re.compile(r"(?P<function>[^()]+)\((?P<left>[^()|]+)(?:\|(?P<right>[^()|]+))?\)")
RULE = "the product rule of probability"
WRITTEN = "it is written as a conditional probability"


def two_ways(names: Collection[str]) -> tuple[str, str] | None:
    """The names of one function at the same letters with a bar between them and without, r(y|x) and r(x,y), if any.

    Of probabilities these are two functions, as everyone knows.
    """
    called: dict[tuple[str, tuple[str, ...]], str] = {}
    for name in sorted(names):
        found = NAMED.fullmatch(name)
        if found and found["function"].partition("^")[0].partition("_")[0] not in PROBABILITIES:
            letters = tuple(sorted(re.split(r"[,|]", re.sub(r"[{}]", "", name[found.start("left") : -1]))))
            other = called.setdefault((found["function"], letters), name)
            if ("|" in other) != ("|" in name):
                return other, name
    return None


def normalised(
    symbols: Symbols, heads: Collection[Head], depends: Callable[[Head, Head], bool], line: Callable[[Span], int]
) -> Iterator[Assumption]:
    """Each distribution among ``heads`` sums to one, and so its derivatives sum to zero; so does any ``p(y|x)``."""
    drawn = {place: f"line {line(span)}: it is a distribution" for place, span in symbols.distributions.items()}
    written = {(head, 0): WRITTEN for head in sorted(heads) if _is_conditional(head) and _first_is_summed(head)}
    for (head, slot), source in {**written, **drawn}.items():
        if head not in heads or head in symbols.definitions:
            continue
        indices = _indices(head)
        range_ = Range(1, symbols.ranges.slot(head, slot))
        member = Var(head.name, tuple(indices), ())
        text = rf"\sum_{{{_letters(head)[slot]}}} {shown(head.name)} = 1"
        for n, index in enumerate(indices):
            if n != slot:
                symbols.hinted_classes[index] = symbols.ranges.slot(head, n)
        yield Assumption("equation", (Sum(indices[slot], range_, member), ONE), text, source)
        for variable in sorted(symbols.variables):
            if depends(head, variable):
                by = Var(variable.name, *_places(variable))
                for place, name in enumerate(by.indices):
                    symbols.hinted_classes[str(name)] = symbols.ranges.slot(variable, place)
                rate = Sum(indices[slot], range_, unknown_derivative(member, by))
                yield Assumption("equation", (rate, ZERO), text, source)
    for head in sorted(heads & symbols.joint.keys()):
        yield _joint(symbols, head, f"line {line(symbols.joint[head])}: it is a distribution")


def _joint(symbols: Symbols, head: Head, source: str) -> Assumption:
    """``D(x, y_w, y_l)`` sums to one over all its letters together."""
    indices = [f"{letter}{n}\N{PRIME}" for n, letter in enumerate(_letters(head))]
    total: Term = Var(head.name, tuple(indices), ())
    for n, index in reversed([*enumerate(indices)]):
        symbols.hinted_classes[index] = symbols.ranges.slot(head, n)
        total = Sum(index, Range(1, symbols.ranges.slot(head, n)), total)
    return Assumption("equation", (total, ONE), rf"\sum_{{{','.join(_letters(head))}}} {shown(head.name)} = 1", source)


def positive(symbols: Symbols, heads: Collection[Head], line: Callable[[Span], int]) -> Iterator[Assumption]:
    """Probabilities are positive, where logarithms and quotients of them stand; so is any ``p(y|x)``."""
    functions = {_function(head.name): span for (head, _), span in reversed(symbols.distributions.items())}
    for head in sorted(heads):
        named = NAMED.fullmatch(head.name)
        if named is None or head in symbols.definitions:
            continue
        function = _function(head.name)
        if function in functions:
            source = f"line {line(functions[function])}: it is a distribution"
        elif _is_conditional(head):
            source = WRITTEN
        else:
            continue
        yield Assumption("positive", (head,), f"{shown(head.name)} > 0", source)


def product_rule(symbols: Symbols, heads: Collection[Head]) -> Iterator[Assumption]:
    """``p(x,z) = p(z|x) p(x)`` and Bayes' rule for the functions among ``heads`` that are not defined."""
    functions: dict[str, dict[tuple[frozenset[str], frozenset[str]], Head]] = {}
    drawn = {_function(head.name) for head, _ in symbols.distributions}
    for head in sorted(heads):
        named = NAMED.fullmatch(head.name)
        if named and head not in symbols.definitions and not head.sups:
            parts = frozenset(named["left"].split(",")), frozenset((named["right"] or "").split(",")) - {""}
            functions.setdefault(named["function"], {})[parts] = head
    for function, forms in sorted(functions.items()):
        if len(forms) < 2 or (function not in drawn and base_name(function) not in PROBABILITIES):
            continue
        conditional = any(right for _, right in forms)
        yield from _rules(symbols, forms) if conditional else _marginal(symbols, forms)


def _rules(symbols: Symbols, forms: dict[tuple[frozenset[str], frozenset[str]], Head]) -> Iterator[Assumption]:
    none: frozenset[str] = frozenset()
    for (left, right), conditional in sorted(forms.items(), key=lambda item: item[1]):
        if not right:
            continue
        both, marginal = forms.get((left | right, none)), forms.get((right, none))
        other, back = forms.get((left, none)), forms.get((right, left))
        if both is not None and marginal is not None:
            yield _rule(symbols, both, [conditional, marginal], [])
            return
        if back is not None and marginal is not None and other is not None and sorted(left) < sorted(right):
            yield _rule(symbols, back, [conditional, marginal], [other])
            return


def together(heads: Collection[Head]) -> str:
    """Two forms of one function among ``heads``, as p(x) and p(x,y), which the laws of probability tie together."""
    forms: dict[str, list[Head]] = {}
    for head in sorted(heads):
        if NAMED.fullmatch(head.name):
            forms.setdefault(_function(head.name), []).append(head)
    several = [found for found in forms.values() if len(found) > 1]
    return " and ".join(shown(head.name) for head in several[0][:2]) if several else ""


def _marginal(symbols: Symbols, forms: dict[tuple[frozenset[str], frozenset[str]], Head]) -> Iterator[Assumption]:
    """``p(x)`` is the sum of ``p(x,z)`` over z, where no conditional distribution is in sight."""
    for (both, given), joint in sorted(forms.items(), key=lambda item: item[1]):
        for slot, letter in enumerate(_letters(joint)):
            part = forms.get((both - {f"{{{letter}}}"}, given))
            if part is not None and not given:
                names = {name: f"{name}\N{PRIME}" for name in _letters(joint)}
                for n, name in enumerate(_letters(joint)):
                    symbols.hinted_classes[names[name]] = symbols.ranges.slot(joint, n)
                summed = Var(joint.name, tuple(names.values()), ())
                total = Sum(names[letter], Range(1, symbols.ranges.slot(joint, slot)), summed)
                left = Var(part.name, tuple(names[name] for name in _letters(part)), ())
                text = rf"{shown(part.name)} = \sum_{{{letter}}} {shown(joint.name)}"
                yield Assumption("equation", (left, total), text, RULE)


def _rule(symbols: Symbols, whole: Head, factors: list[Head], divisors: list[Head]) -> Assumption:
    """``whole`` is the product of the factors over the divisors, for all values of their letters."""

    def member(head: Head) -> Var:
        names = tuple(f"{letter}\N{PRIME}" for letter in _letters(head))
        for n, name in enumerate(names):
            symbols.hinted_classes[name] = symbols.ranges.slot(head, n)
        return Var(head.name, names, ())

    right = mul(*map(member, factors), *(power(member(head), -1) for head in divisors))
    text = f"{shown(whole.name)} = {' '.join(shown(h.name) for h in factors)}"
    text += "".join(f" / {shown(h.name)}" for h in divisors)
    return Assumption("equation", (member(whole), right), text, RULE)


def _is_conditional(head: Head) -> bool:
    """Whether this is ``p(y|x)``, and p a letter for probabilities."""
    named = NAMED.fullmatch(head.name)
    return bool(named and named["right"]) and _function(head.name).partition("_{")[0] in PROBABILITIES


def _first_is_summed(head: Head) -> bool:
    """Whether y stands for values in ``p(y|x)``, alone before the bar."""
    letters = _letters(head)
    first = head.name.partition("(")[2].partition("|")[0]
    return head.subs == len(letters) > 0 and not head.sups and first == f"{{{letters[0]}}}"


def _function(name: str) -> str:
    return name.partition("(")[0]


def _letters(head: Head) -> list[str]:
    return SLOT.findall(head.name)


def _indices(head: Head) -> list[str]:
    return [f"{letter}\N{PRIME}" for letter in _letters(head)]


def _places(head: Head) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [f"{n}\N{PRIME}{head.name}" for n in range(head.subs + head.sups)]
    return tuple(names[: head.subs]), tuple(names[head.subs :])
