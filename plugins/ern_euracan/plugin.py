"""EURACAN: European Reference Network on rare adult solid cancers."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
