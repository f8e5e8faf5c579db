"""Faults: what is done to a running Parley, and what is lost, doubled or stuck afterwards.

`python -m tests.faults` runs every row whole and prints one line for each; `make test` runs them shortened.
Real processes, a durable PostgreSQL, the provider's stand-in; traffic goes to 127.0.0.1 only.
"""
