"""From an author's text to terms: containers, the mathematics parser, and elaboration under a context.

This package must never judge a claim, and never import SymPy.
"""
