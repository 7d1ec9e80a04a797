r"""Products over all steps up to now, ``\bar a_t = \prod_{s=1}^t a_s``, as what they are made of: a_t \bar a_{t-1}.

Where t is a step in time, a_t and \bar a_{t-1} are names, and the product of the members a_s says nothing of them. This
module must never read a product so that does not begin at the first step and end at the present one.
"""

from __future__ import annotations

from collections.abc import Set

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of


def of_product(left: syntax.Node, right: syntax.Node, steps: Set[str], earlier: Set[str]) -> syntax.Node | None:
    r"""``a_t \bar a_{t-1}`` for ``\bar a_t = \prod_{s=1}^t a_s``; None if it is none, or nobody speaks of \bar a_{t-1}.

    ``steps`` are letters of steps in time, ``earlier`` the names of quantities that stand with t-1, too.
    """
    whole, now, label, primes = parts_of(left)
    if not isinstance(whole, syntax.Symbol) or not isinstance(now, syntax.Symbol) or label is not None or primes:
        return None
    if plain(now.name) not in steps or plain(whole.name) not in earlier:
        return None
    match right:
        case syntax.BigOp(
            kind=r"\prod",
            sub=syntax.Relation(left=syntax.Symbol(name=index), rest=(("=", syntax.Number(text="1")),)),
            sup=syntax.Symbol(name=end),
            body=syntax.Scripted(
                base=syntax.Symbol() as member, sub=syntax.Symbol(name=running), sup=None, primes=0, span=span
            ),
        ) if end == now.name and index == running != end:
            one = syntax.Number("1", span)
            before = syntax.Add((("+", now), ("-", one)), span)
            factors = (
                syntax.Scripted(member, now, None, 0, span),
                syntax.Scripted(whole, before, None, 0, span),
            )
            return syntax.Product(factors, ("",), right.span)
    return None
