"""PDFs that carry their own text: words, rules, form fields and drawn check boxes, read with pdfium and pikepdf."""
