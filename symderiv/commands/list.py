"""``symderiv list``: the derivations that can be written, with their parameters. It must never fill a template."""

from __future__ import annotations

import argparse

from symderiv.commands import PROVED, add_format, say

SUMMARY = "show the derivations and their parameters"


def declare(parser: argparse.ArgumentParser) -> None:
    add_format(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    from symderiv.derive import derivations

    known = derivations()
    if options.format == "json":
        import json

        entries = [{"name": d.name, "description": d.description, "parameters": dict(d.parameters)} for d in known]
        say(json.dumps(entries, indent=2, ensure_ascii=False))
        return PROVED
    lines = []
    for derivation in known:
        flags = [f"--{name.replace('_', '-')} {default}" for name, default in derivation.parameters.items()]
        lines += [derivation.name, f"    {derivation.description}", f"    by default: {' '.join(flags)}"]
    say("\n".join(lines))
    return PROVED
