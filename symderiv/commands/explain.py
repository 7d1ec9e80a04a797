"""``symderiv explain``: what a diagnostic code means. It must never read a document."""

from __future__ import annotations

import argparse

from symderiv.commands import PROVED, say

SUMMARY = "explain a diagnostic code such as E201"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", nargs="?", help="a code; without one, all codes are listed")


def run(options: argparse.Namespace) -> int:
    from symderiv.explanations import explain, titles

    say(explain(options.code) if options.code is not None else "\n".join(titles()))
    return PROVED
