"""The walk through a document: its displays cut into chains and steps, its definitions taken up,
and the claims that come of them.

This room must never judge a claim.
"""
