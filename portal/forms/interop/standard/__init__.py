"""Tables of the FHIR R4 standard: the elements of the resources used here, and its own codes."""
