"""From an author's text to terms, in rooms that import only from those before them:

containers -> indexed -> grammar -> words -> letters -> elaboration -> known -> doubts -> steps. ``reading`` is the
state that the last three share. This package must never judge a claim, and never import SymPy.
"""
