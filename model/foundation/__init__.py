"""Layer 0: errors, files, months and keyed random numbers. Imports nothing of the project."""
