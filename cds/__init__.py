"""Decision support that helps Norwegian services prevent overdose deaths. Keeps nothing about any person."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("cds-overdose")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
