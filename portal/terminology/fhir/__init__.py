"""The FHIR terminology service: CodeSystem, ValueSet and ConceptMap operations, R4 and R5."""
