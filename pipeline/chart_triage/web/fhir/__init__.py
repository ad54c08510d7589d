"""Charts as FHIR R4 resources (4.3, which R4 clients read), built and validated by fhir.resources, and back."""
