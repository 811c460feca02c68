"""EuroBloodNet: European Reference Network on rare haematological diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
