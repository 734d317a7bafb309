"""Layer 6: the Mesa model: opening a market from facts, assimilation, the month, forks."""
