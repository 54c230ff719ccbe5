"""One module for each thing outside: storage, mail, identity, jobs, signing."""
