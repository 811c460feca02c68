"""ERN BOND: European Reference Network on rare bone disorders."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
