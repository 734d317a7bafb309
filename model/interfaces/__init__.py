"""Layer 8: the command line; later the app and reports. Nothing of the project imports from here."""
