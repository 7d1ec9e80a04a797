"""From LaTeX to syntax trees: tokens, brackets, rows, expressions, and questions about their shape.

This room must never ask what a symbol means.
"""
