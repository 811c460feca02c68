"""ERN-LUNG: European Reference Network on rare respiratory diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
