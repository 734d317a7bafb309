"""Layer 1: what a run is asked to do: parameters, scenarios, events."""
