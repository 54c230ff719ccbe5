"""What all readers of query plans share: one shape for plans, strict JSON, checks, and pairs of plans."""
