"""Speed, run by hand: `python -m benchmarks.choice`, `python -m benchmarks.run`. They write nothing."""
