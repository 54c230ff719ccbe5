"""Pages: a view is one service call, one query, one render."""
