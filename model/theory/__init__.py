"""Layer 2: pure economics. Arrays in, arrays out; no state and no random source."""
