"""ERN eUROGEN: European Reference Network on rare urogenital diseases and complex conditions."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
