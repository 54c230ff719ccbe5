"""Written documents as a tree of sections with their tables, lists, code and links, each with its lines.

`markdown.read` gives a `Document`; other formats (DOCX, PDF) become the same value. Checks ask for sections by what
they are about (`wording.about`), never by a regular expression over the raw text.
"""
