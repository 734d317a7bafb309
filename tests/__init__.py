"""Tests of the package, one folder a layer; a package of their own, since other distributions install a `tests` too."""
