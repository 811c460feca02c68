"""ERKNet: European Reference Network on rare kidney diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
