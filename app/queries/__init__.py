"""SELECTs for pages. Each returns frozen rows."""
