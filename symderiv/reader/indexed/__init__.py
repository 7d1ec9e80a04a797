"""Terms with indices, before any syntax: families, their members and ranges, arrays, and what becomes of a claim when
a size, a member or an intermediate is fixed.

This room must never look at what an author wrote: it takes terms and gives terms.
"""
