"""A page image to words with places, confidence and legibility.

`page.read_image` is one page's way: `prepare` (upright, straight, clean), an `Engine` (one file each), a second
opinion on doubtful words, form marks, fax banner, and what the page is worth as evidence.
"""
