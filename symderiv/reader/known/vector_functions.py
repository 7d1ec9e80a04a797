r"""Unknown functions whose values are vectors: the features ``\phi(s, a)`` of ``\theta^\top \phi(s, a)``.

So is what stands behind a row vector, what is transposed, what is set in bold type, and what the words call a vector. A
function that the document says something of in a formula, or that stands without its arguments, is none of these: it
has a meaning of its own. This module must never look at what the arguments are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.document import Block, Heading, Paragraph, all_blocks
from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import one_capital, plain
from symderiv.reader.grammar.nodes import arguments, every, is_transpose, parts_of
from symderiv.reader.grammar.vocabulary import BOLD, LOSSES, MOMENTS
from symderiv.reader.known.spaces import REALS, dims
from symderiv.reader.letters.symbols import PROBABILITIES, STANDARD
from symderiv.reader.reading import Reading
from symderiv.reader.words import prose

CALLED = prose.Words(  # "the feature vector $\\phi(s, a)$"
    r"(?:\b(?:feature|state|context|input|word|sufficient)?[\s-]*(?:vectors?|embeddings?)"
    r"|\bvectors?\s+of\s+(?:the\s+)?(?:\w+\s+)?(?:features|statistics)|\bfeatures|\bfeature\s+maps?"
    r"|\b\w*[Vv]ektor(?:en)?|\bMerkmale|\bvecteurs?(?:\s+(?:de|des)\s+\w+)?|\bvector(?:es)?\s+de\s+\w+|\bcaracterísticas"
    r"|特征向量|特徵向量|向量|特徴ベクトル|ベクトル|특징\s*벡터|벡터)\s*(?:of\s+)?$",
    re.IGNORECASE,
)
IS = prose.Words(
    r"\s*,?\s*(?:(?:is|are|be|denotes?|as|ist|sei|est|es)\s+)?(?:(?:the|an?|our|der|ein|le|un|el)\s+)?"
    r"(?:(?:\$|[a-z]+)-dimensional\s+)?(?:known\s+|fixed\s+|given\s+)?"
    r"(?:(?:feature|state|context|input|sufficient)[\s-]+)?(?:vectors?|embeddings?|feature\s+map)\b"
    r"|\s*(?:是|为|為|表示)[^，。,.$]{0,12}?(?:特征向量|特徵向量|向量)",
    re.IGNORECASE,
)
NOT_LETTERS = STANDARD | PROBABILITIES | {*LOSSES, *MOMENTS, *FUNCTIONS, "E", r"\mathbb{E}"}


class _Uses:
    """How the names before brackets are used."""

    def __init__(self) -> None:
        self.vectors: set[str] = set()  # what only vectors can be
        self.seen: Counter[str] = Counter()  # how often a name stands anywhere, and how often before its arguments
        self.called: Counter[str] = Counter()
        self.others: set[str] = set()  # what is no such function

    def row(self, row: syntax.Row) -> None:
        sides = [segment.side for segment in row.segments]
        match [segment.relation for segment in row.segments], sides:
            case [[None, "=" | ":=", *_], [syntax.Product(factors=(head, follower)), *_]]:
                self.others |= {_name(head)} if _argued(follower) else set()
            case [[None], [syntax.Symbol()]]:
                return  # "$\phi$"
        for side in sides:
            for node in every(side) if isinstance(side, syntax.Node) else ():
                self._node(node)

    def _node(self, node: syntax.Node) -> None:
        match node:
            case syntax.Symbol(name=name):
                self.seen[plain(name)] += 1
            case syntax.Scripted(sup=syntax.Symbol(name=name) as sup) if is_transpose(sup):
                self.seen[plain(name)] -= 1
            case syntax.Group(open=r"\langle", body=syntax.Tuple(items=items)) if len(items) == 2:
                for item in items:
                    match item:
                        case syntax.Product(factors=(head, follower)) if _argued(follower):
                            self.vectors.add(_name(head))
            case syntax.Product(factors=factors, operators=operators):
                self._product(factors, operators)

    def _product(self, factors: Sequence[syntax.Node], operators: Sequence[str]) -> None:
        for n, (head, follower) in enumerate(pairwise(factors)):
            if operators[n] or not (name := _name(head)) or not isinstance(parts_of(follower)[0], syntax.Group):
                continue
            base, sub, sup, primes = parts_of(head)
            if not _argued(follower) or sup is not None or primes or head.span.end != follower.span.start:
                self.others.add(name)
                continue
            self.called[name] += 1
            capital = one_capital(name)[1]
            behind = n > 0 and operators[n - 1] in ("", r"\cdot") and _turned(factors[n - 1])
            if capital and behind and n + 2 < len(factors):
                self.others.add(name)  # v^T A(x) u
            bold = isinstance(base, syntax.Symbol) and base.name.startswith(BOLD) and not capital
            if sub is None and (behind or bold or (_turned(follower) and not capital)):
                self.vectors.add(name)


def _name(head: syntax.Node) -> str:
    base = parts_of(head)[0]
    return plain(base.name) if isinstance(base, syntax.Symbol) else ""


def _turned(node: syntax.Node) -> bool:
    sup = parts_of(node)[2]
    return sup is not None and is_transpose(sup)


def _argued(node: syntax.Node) -> bool:
    """Whether this is a bracket that holds letters, or a dot for one, and nothing else."""
    group = parts_of(node)[0]
    if not isinstance(group, syntax.Group) or group.open != "(" or isinstance(group.body, syntax.Given):
        return False
    return all(isinstance(parts_of(item)[0], syntax.Symbol) for item in arguments(group.body))


def names(reading: Reading, blocks: Sequence[Block], rows: Sequence[syntax.Row]) -> set[str]:
    """The names of the functions."""
    uses = _Uses()
    for row in rows:
        uses.row(row)
    for block in all_blocks(blocks) if not reading.strict else ():
        if isinstance(block, Paragraph | Heading):
            for sentence in prose.sentences(block.inlines):
                uses.vectors.update(_said(reading, sentence))
    whole = {name for name in uses.vectors if 0 < uses.called[name] == uses.seen[name]}
    known = NOT_LETTERS | reading.symbols.activations.keys() | reading.symbols.size_names
    return whole - uses.others - known


def _said(reading: Reading, sentence: prose.Sentence) -> Iterator[str]:
    """The functions that a sentence calls vectors."""
    words = sentence.words.split("$")
    for n, formula in enumerate(sentence.formulas):
        for row in reading.rows(formula.latex, formula.span).rows[:1]:
            match [(segment.relation, segment.side) for segment in row.segments]:
                case [(None, syntax.Product(factors=(head, follower)))] if _argued(follower):
                    if CALLED.search(words[n]) or IS.match(words[n + 1]):
                        yield _name(head)
                case [(None, syntax.Product(factors=(head, follower))), ("in", syntax.Node() as space)]:
                    if _argued(follower) and _is_of_vectors(space):
                        yield _name(head)


def _is_of_vectors(space: syntax.Node) -> bool:
    base, sub, sup, _ = parts_of(space)
    real = isinstance(base, syntax.Symbol) and base.name in REALS and sub is None
    return real and sup is not None and len(dims(sup)) == 1 and dims(sup) != ["1"]
