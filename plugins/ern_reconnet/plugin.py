"""ERN ReCONNET: European Reference Network on rare connective tissue and musculoskeletal diseases."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
