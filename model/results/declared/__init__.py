"""The declarations of columns: one file per subject."""
