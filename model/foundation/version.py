"""The version of the model: what it is called, and a digest of the code that it is."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

VERSION = "0.1.0"


@cache
def model_version() -> str:
    """Return the version with a digest of every source file and table of the package, e.g. "0.1.0+5f2c81d0a9e4".

    Numbers of another code never share a run id, also between releases.
    """
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.csv")]):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(hashlib.blake2b(path.read_bytes()).digest())
    return f"{VERSION}+{digest.hexdigest()}"
