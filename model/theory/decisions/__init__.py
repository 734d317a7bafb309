"""Choosing under uncertainty: regret and robust rules, value of information, boxes of futures. Pure functions.

Outcomes are tables (n_policies, n_futures), more is better; turn the sign of costs.
"""
