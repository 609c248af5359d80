"""Timings: `python -m benchmarks` runs each case beside its peers, and prints ratios."""
