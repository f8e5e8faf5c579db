"""Texting's pages: parse, call, render."""
