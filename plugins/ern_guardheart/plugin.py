"""ERN GUARD-Heart: European Reference Network on uncommon and rare diseases of the heart."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
