"""EURO-NMD: European Reference Network on rare neuromuscular diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
