"""A page image to words with places, confidence and legibility.

`page.read_image` is one page's way: upright (`orientation`), level and clean (`prepare`), check boxes (`form_marks`)
and rules taken out, lines set anew as plain text (`pieces`, `sheet`), recognised (`tesseract`), doubtful words read
again (`second_look`, `paddle`), judged (`legibility`). `reader` does that for many pages on several cores.
"""
