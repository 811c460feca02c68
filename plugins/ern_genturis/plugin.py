"""ERN GENTURIS: European Reference Network on genetic tumour risk syndromes."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
