"""Pages of accounts: one's own, the organization's, the instance's, and the doors in."""
