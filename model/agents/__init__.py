"""Layer 5: the agents: firms that decide, the users of a market, single users taken out to look at."""
