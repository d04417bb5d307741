"""The version of the package, apart so that every room can read it without importing the library's face."""

__version__ = "0.1.0"
