"""The rules of the portal, pure: no Flask, no SQL, no clock, no network."""
