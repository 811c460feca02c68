"""ERN-Skin: European Reference Network on rare and undiagnosed skin disorders."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
