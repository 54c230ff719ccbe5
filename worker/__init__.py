"""The worker: reads evidence in a sandbox and sends mail. What is due stands in the database; Redis only rings."""
