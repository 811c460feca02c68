"""ERN EpiCARE: European Reference Network on rare and complex epilepsies."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
