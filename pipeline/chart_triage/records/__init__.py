"""The vocabulary that all stages share: frozen pydantic models, nothing that computes."""
