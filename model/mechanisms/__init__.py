"""Layer 4: mechanisms of a month. They meet only in the state and never import each other."""
