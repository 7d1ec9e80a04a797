"""Index ranges, found from use: the slots of a family and the indices that stand in them share one range.

Every slot of a family (``z``'s first subscript) and every index occurrence has a *range class*; an index standing in a
slot unites the two. A class takes its range from an explicit sum over it, from a declaration, or from the prose; if
only numbers stand in it, from these; else it gets a size of its own, named K, n, m, ... This module must never decide
anything about values.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from symderiv.document import Span
from symderiv.terms import (
    Definition,
    Delta,
    Deriv,
    Head,
    Range,
    Size,
    SizeOf,
    Sum,
    Term,
    Var,
    num,
    reached,
    rebuild,
    rewritten,
)

STEP = re.compile(r"(?P<sign>[_^])\{(?P<open>\(?)(?P<letter>[a-z])[+-]\d+(?P<close>\)?)\}$")
NAMES = ("K", "n", "m", "N", "M", "C", "D", "T", "P", "Q")


class Ranges:
    """A union-find of range classes. A class is named by a string that begins with ``?``."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.united = 0  # how often two classes became one
        self.explicit: dict[str, list[Range]] = {}
        self.numbers: dict[str, set[int]] = {}
        self.slots: dict[tuple[Head, int], str] = {}
        self.taken: set[str] = set()
        self.resolved: dict[str, Range] = {}
        self.aliases: dict[str, str] = {}
        self.sure: dict[str, str] = {}  # the lengths that shapes give: x \in R^d
        self.said: dict[frozenset[str], Span] = {}  # sizes, among other letters, that the prose calls equal
        self.places: dict[str, Span] = {}  # where a sum first runs to a size
        self.settled: set[str] = set()  # classes that stand in definitions
        self.defining = True
        self.steps: Collection[str] = ()  # letters of steps in time

    def new(self) -> str:
        name = f"?{len(self.parent)}"
        self.parent[name] = name
        return name

    def find(self, name: str) -> str:
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def unite(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        first, second = sorted((a, b), key=lambda name: int(name[1:]))
        self.parent[second] = first
        self.united += 1
        self.explicit.setdefault(first, []).extend(self.explicit.pop(second, []))
        self.numbers.setdefault(first, set()).update(self.numbers.pop(second, set()))

    def declare(self, name: str, range_: Range, span: Span | None = None, surely: bool = False) -> None:
        """The class ``name`` has been seen to run over ``range_``, in a sum at ``span``, or ``surely``: by a shape."""
        known = self.explicit.setdefault(self.find(name), [])
        if range_ not in known:
            known.append(range_)
        if isinstance(range_.high, str):
            self.taken.add(range_.high)
            if surely:
                self.sure.setdefault(name, range_.high)
            if span is not None:
                self.places.setdefault(range_.high, span)

    def slot(self, head: Head, n: int) -> str:
        """The class of the n-th index of a family, which is that of the same quantity at all steps in time."""
        later = STEP.search(head.name)
        if later is not None and later["letter"] in self.steps and later["letter"] != "l":
            at = f"{later['sign']}{{{later['open']}{later['letter']}{later['close']}}}"
            head = head._replace(name=head.name[: later.start()] + at)
        key = (head, n)
        if key not in self.slots:
            self.slots[key] = self.new()
        return self.slots[key]

    def apart(self, a: str, b: str) -> bool:
        """Whether a claim would make two lengths equal that the definitions before it keep apart."""
        if self.defining:
            return False
        a, b = self.find(a), self.find(b)
        roots = {self.find(name) for name in self.settled}
        return a in roots and b in roots and not self.same(a, b)

    def same(self, a: str, b: str) -> bool:
        """Whether two lengths are one, or have been said to be: x and y of R^n have the same length."""
        a, b = self.find(a), self.find(b)
        return a == b or not {r.high for r in self.explicit.get(a, ())}.isdisjoint(
            r.high for r in self.explicit.get(b, ())
        )

    def number(self, name: str, value: int) -> None:
        self.numbers.setdefault(self.find(name), set()).add(value)

    def settle(self) -> list[tuple[str, str]]:
        """Make sizes one that the same index runs to in different places; the pairs that were joined."""
        joined = []
        for root in [name for name in self.explicit if self.find(name) == name]:
            names = list(dict.fromkeys(r.high for r in self.explicit[root] if isinstance(r.high, str)))
            for other in names[1:]:
                first, second = self.alias(names[0]), self.alias(other)
                if first != second:
                    self.aliases[second] = first
                    joined.append((first, second))
        return joined

    @contextmanager
    def apart_again(self, size: str) -> Iterator[None]:
        """While it lasts, sums run to the sizes that were written, though ``settle`` made several of them one.

        A length that is not written is what a shape says, or ``size``, where it is one of those.
        """
        aliases, resolved = self.aliases, self.resolved
        self.aliases, self.resolved = {}, dict(resolved)
        shaped = {self.find(name): high for name, high in reversed(self.sure.items())}
        for root, known in self.explicit.items():
            written = [range_.high for range_ in known if isinstance(range_.high, str)]
            if root in resolved and written:
                high = shaped.get(root, size if size in written else written[0])
                self.resolved[root] = Range(resolved[root].low, high)
        try:
            yield
        finally:
            self.aliases, self.resolved = aliases, resolved

    def is_guess(self, name: str) -> bool:
        """Whether how far a class runs is told by the numbers alone that stand in it: 2 in ``p_1 + p_2 = 1``."""
        root = self.find(name)
        return not self.explicit.get(root) and len(self.numbers.get(root, ())) > 1

    @contextmanager
    def open_end(self, names: Iterable[str]) -> Iterator[dict[str, int]]:
        """While it lasts, classes run further than the numbers in them; the new sizes, with the least of each."""
        resolved, taken = dict(self.resolved), set(self.taken)
        least: dict[str, int] = {}
        for root in sorted({self.find(name) for name in names}):
            size = next(n for n in (*NAMES, f"N{len(self.taken)}") if n not in self.taken)
            self.taken.add(size)
            self.resolved[root] = Range(min(1, *self.numbers[root]), size)
            least[size] = max(self.numbers[root])
        try:
            yield least
        finally:
            self.resolved, self.taken = resolved, taken

    def alias(self, name: str) -> str:
        while name in self.aliases:
            name = self.aliases[name]
        return name

    # Resolution

    def range_of(self, name: str) -> Range:
        root = self.find(name)
        if root not in self.resolved:
            self.resolved[root] = self._resolve(root)
        return self.resolved[root]

    def _resolve(self, root: str) -> Range:
        known = self.explicit.get(root, [])
        numbers = self.numbers.get(root, set())
        if known:
            best = max(known, key=_reach)
            low = min(r.low for r in known)
            return Range(low, self.alias(best.high) if isinstance(best.high, str) else best.high)
        if len(numbers) > 1:
            return Range(min(1, *numbers), max(numbers))
        name = next((n for n in NAMES if n not in self.taken), f"N{len(self.taken)}")
        self.taken.add(name)
        return Range(min([1, *numbers]), name)

    def high(self, high: Size) -> Size:
        return self.range_of(high).high if isinstance(high, str) and high.startswith("?") else high

    def resolve(self, term: Term, memo: dict[Term, Term]) -> Term:
        """``term`` with its range classes replaced by ranges."""
        found = memo.get(term)
        if found is not None:
            return found
        match term:
            case Sum(index=index, range=range_, body=body):
                if isinstance(range_.high, str) and range_.high.startswith("?"):
                    range_ = self.range_of(range_.high)
                elif isinstance(range_.high, str):
                    range_ = Range(range_.low, self.alias(range_.high))
                found = type(term)(index, range_, self.resolve(body, memo))
            case SizeOf(name=name) if name.startswith("?"):
                high = self.high(name)
                found = SizeOf(self.alias(high)) if isinstance(high, str) else num(high)
            case SizeOf(name=name) if name in self.aliases:
                found = SizeOf(self.alias(name))
            case Var() | Delta():
                found = term
            case _:
                found = rebuild(term, tuple(self.resolve(part, memo) for part in term.parts)) if term.parts else term
        memo[term] = found
        return found

    def joined(self, term: Term) -> Term:
        """``term`` with one name for the range classes that are known to be the same."""

        def joined(part: Term) -> Term | None:
            if isinstance(part, Sum) and isinstance(part.range.high, str) and part.range.high.startswith("?"):
                high = self.find(part.range.high)
                return type(part)(part.index, Range(part.range.low, high), rewritten(part.body, joined, memo))
            return part if isinstance(part, Var | Delta) else None

        memo: dict[Term, Term] = {}
        return rewritten(term, joined, memo)

    def families(self) -> Mapping[Head, tuple[Range | None, ...]]:
        result: dict[Head, list[Range | None]] = {}
        for head, n in self.slots:
            if head not in result:
                result[head] = [None] * (head.subs + head.sups)
            result[head][n] = self.range_of(self.slots[head, n])
        return {head: tuple(ranges) for head, ranges in result.items()}


def met(terms: Iterable[Term], definitions: Mapping[Head, tuple[Definition, ...]]) -> list[tuple[str, str]]:
    """The pairs of sizes to which one index runs in ``terms`` and the definitions that they rest on alone.

    >>> met([Sum("j", Range(1, "n"), Var("x", ("j",), ())), Sum("t", Range(1, "m"), Var("x", ("t",), ()))], {})
    [('n', 'm')]
    """
    own = Ranges()
    counted = own.new()  # what is no index: sums of what does not depend on theirs, and sizes by name
    seen: set[tuple[Term, tuple[tuple[str, str], ...]]] = set()

    def walk(term: Term, at: dict[str, str]) -> None:
        key = term, tuple((index, at[index]) for index in sorted(term.free) if index in at)
        if key in seen:
            return
        seen.add(key)
        match term:
            case Sum(index=index, range=range_, body=body):
                runs = own.new() if index in body.free else counted
                if isinstance(range_.high, str):
                    own.declare(runs, range_)
                    if _counts(body, index):
                        own.declare(counted, range_)
                at = {**at, index: runs}
            case SizeOf(name=name):
                own.declare(counted, Range(1, name))
            case Var(head=head):
                for n, place in enumerate((*term.subs, *term.sups)):
                    if isinstance(place, str):
                        own.unite(own.slot(head, n), at[place])
            case Delta(left=i, right=j) if isinstance(i, str) and isinstance(j, str):
                own.unite(at[i], at[j])
        for part in term.parts:
            walk(part, at)

    terms = list(terms)
    at = {index: own.new() for index in sorted(frozenset().union(*(term.free for term in terms)))}
    for term in terms:
        walk(term, at)
    for head in dict.fromkeys(part.head for part in reached(terms, definitions) if isinstance(part, Var)):
        for made in definitions.get(head, ()):
            at |= {index: own.new() for index in sorted(made.body.free - at.keys())}
            walk(made.body, at | {i: own.slot(head, n) for n, i in enumerate(made.params) if isinstance(i, str)})
    return own.settle()


def _reach(range_: Range) -> tuple[int, int]:
    """A symbolic upper end reaches further than a number."""
    return (1, 0) if isinstance(range_.high, str) else (0, range_.high)


def _counts(term: Term, index: str) -> bool:
    """Whether a sum over ``index`` may come out as how often it is: it stands in derivatives and deltas only."""
    if index not in term.free or isinstance(term, Deriv | Delta):
        return True
    return bool(term.parts) and not isinstance(term, Var) and all(_counts(part, index) for part in term.parts)
