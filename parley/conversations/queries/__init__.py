"""Reads with a name, one module a page: `inbox`, `unconfirmed`, `parked`, `channels`, and `attention` for them all."""
