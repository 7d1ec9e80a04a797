"""The kernel: what it must prove, what it must refute, and what it must leave undecided."""
