"""chart-triage: the words in a chart that speak for or against each criterion of an imaging guideline."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("chart-triage")
except PackageNotFoundError:  # run from a tree that was never installed
    __version__ = "0.0.0"
