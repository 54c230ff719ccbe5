"""Evidence files turned into facts and findings. Pure: no Flask, no database, no network, no clock.

The same code runs in the portal's worker and on a learner's machine (`python -m app.evidence check FILE`).
"""
