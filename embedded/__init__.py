"""What a bare machine lacks: PostgreSQL, Redis, an object store, identity, a mailbox, one supervisor.

`python -m embedded demo` starts all of it; the tests and the bench start the parts they need
(`embedded.stack`). A production install replaces every part by the real one and never imports this package.
"""
