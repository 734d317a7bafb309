"""Layer 3: the state of the world as plain NumPy arrays, each with one owner."""
