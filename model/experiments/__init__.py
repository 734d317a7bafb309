"""Layer 7: experiments: run a scenario and its replicates; later compare, sweep, calibrate."""
