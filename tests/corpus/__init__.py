"""Measuring the checker on a folder of public derivations: ``python -m tests.corpus ../shared/corpus``.

This package must never hold a line of those texts, only facts about them: a document's number, line numbers, judgements.
"""
