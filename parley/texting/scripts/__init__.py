"""Scripts: what `{name}` stands for, and the text that a contact receives."""
