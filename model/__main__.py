"""`python -m model`: the command line."""

import sys


def _begun() -> int:
    """Return the exit code; a stop while the program is still being loaded has one line too."""
    try:
        from model.interfaces.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("resonance: stopped before it began.\n")
        return 130
    return main()


if __name__ == "__main__":
    sys.exit(_begun())
