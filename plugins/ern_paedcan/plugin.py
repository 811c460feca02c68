"""ERN PaedCan: European Reference Network on paediatric cancer (haemato-oncology)."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
