"""Words with places to a page's text: lines, columns, table rows, furniture, hyphens, marks."""
