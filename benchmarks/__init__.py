"""Benchmarks: ratios against named peers in one run. `python -m benchmarks [--small]`."""
