"""`python -m model`: the command line."""

import sys

from model.interfaces.cli import main

if __name__ == "__main__":
    sys.exit(main())
