"""What stands between the formulas: cases, assumptions, what is denied, asked or only mentioned, in several languages.

This room must never ask what a symbol means, nor judge a formula.
"""
