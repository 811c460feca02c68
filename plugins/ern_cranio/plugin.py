"""ERN CRANIO: European Reference Network on rare craniofacial anomalies and ear, nose and throat disorders."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
