"""Text -> mentions of the guideline's concepts, with what is said of each and by which words."""
