"""VASCERN: European Reference Network on rare multisystemic vascular diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
