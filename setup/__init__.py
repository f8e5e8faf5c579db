"""Making a checkout ready: runs before there is an environment, on Python's standard library alone."""
