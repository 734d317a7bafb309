"""Games given as payoff tables: equilibria, quantal response, alpha-rank, regret. Pure functions of arrays.

A game of n players is one array (n_players, s_1, ..., s_n): first whose payoff, then the strategy of each player. A
profile holds one array of probabilities (s_i,) per player. Payoffs have any unit, the same for all players or not.
"""
