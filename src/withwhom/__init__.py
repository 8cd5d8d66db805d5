"""WithWhom: who works with whom and who funds what, every edge with its evidence."""

__version__ = "0.1.0"
