"""The declarations: one file per subject, one line of meaning per parameter."""
