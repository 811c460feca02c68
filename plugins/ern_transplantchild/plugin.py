"""ERN TRANSPLANT-CHILD: European Reference Network on transplantation in children."""

from portal.sdk import NetworkPlugin

plugin = NetworkPlugin(__file__)
