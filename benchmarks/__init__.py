"""Speed, run by hand: `python -m benchmarks.choice`, `python -m benchmarks.run`. Ratios within one run; writes nothing."""
