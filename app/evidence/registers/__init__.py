"""What the documents of an on-call package share: pages with a length, labelled words, tables and lists as rows, days.

A row is one switch or one drill, whether it stands in Markdown, CSV, YAML or JSON: `rows.read` gives all of them alike.
"""
