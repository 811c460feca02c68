"""MetabERN: European Reference Network on rare hereditary metabolic disorders."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
