"""One script a row of the performance table. `python -m benchmarks` runs them, prints the table and writes results.json.

Everything runs on this machine: PostgreSQL with fsync on, the web processes, the worker, the stand-in
for the provider and the load itself. Load goes to 127.0.0.1 only and ends by itself.
"""
