"""Doubts: what speaks against taking a verdict at its word, in the words of the document and the symbols of the claim.

``refuted`` gathers those about a counterexample, ``proofs`` those about a proof, and ``elsewhere`` those about both.
This room must never make a verdict better than the kernel's.
"""
