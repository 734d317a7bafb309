"""The page docs/reference.md, made from docstrings, signatures and the declared options of the command line."""

from model.interfaces.reference.page import is_current, reference_page

__all__ = ["is_current", "reference_page"]
