"""Endo-ERN: European Reference Network on rare endocrine conditions."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
