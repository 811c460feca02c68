"""ERN ITHACA: European Reference Network on rare congenital malformations and rare intellectual disability."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
