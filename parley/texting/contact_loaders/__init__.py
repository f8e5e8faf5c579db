"""Where a campaign's contacts come from. A loader yields rows and never writes."""
