"""ERN-EYE: European Reference Network on rare eye diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
