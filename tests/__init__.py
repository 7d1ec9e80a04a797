"""The tests mirror the package; ``python -m tests.benchmarks`` and its like are run from the project's folder."""
