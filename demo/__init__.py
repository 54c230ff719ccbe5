"""The demo's people and their work. Data and the script that measured it; the portal does not import it."""
