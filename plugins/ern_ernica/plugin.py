"""ERNICA: European Reference Network on rare inherited and congenital (digestive and gastrointestinal) anomalies."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
