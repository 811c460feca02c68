"""ERN RITA: European Reference Network on rare immunodeficiency, autoinflammatory and autoimmune diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
