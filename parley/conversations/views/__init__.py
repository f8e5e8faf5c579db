"""Pages of conversations: parse, call, render."""
