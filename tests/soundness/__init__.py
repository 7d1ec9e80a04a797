"""The soundness record: how often the kernel's verdicts were put to the test, and what came of it."""
