"""ERN-RND: European Reference Network on rare neurological diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
