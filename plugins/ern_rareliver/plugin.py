"""ERN RARE-LIVER: European Reference Network on rare hepatological diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
