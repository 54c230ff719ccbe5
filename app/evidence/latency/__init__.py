"""What every kind of latency evidence shares, one row a request or a tool's summary: claims and pairs."""
