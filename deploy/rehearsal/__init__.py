"""The portal under its own course: three instances behind a balancer, killed and rolled while people use them.

    python -m deploy.rehearsal OUT              four kills, ten rolling deploys, one rollback; about ten minutes
    python -m deploy.rehearsal OUT --short      one kill, three deploys, less than a minute
    python -m deploy.rehearsal OUT --careless   the same without readiness, drain and second tries: it fails

Everything is real: gunicorn, HAProxy, PostgreSQL, the file store. OUT receives what a learner would hand in, and
`python -m app.evidence check` reads it. Exit status 1 when a user saw an error.
"""
