"""The ERN portal: cross-border advice on patients with rare diseases."""

__version__ = "0.1.0"
