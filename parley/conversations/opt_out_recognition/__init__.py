"""Whether a reply asks us to stop (docs/opt-out-recognition.md)."""

from parley.conversations.opt_out_recognition.keywords import is_help, is_keyword, is_start
from parley.conversations.opt_out_recognition.recognition import Verdict, recognise

__all__ = ["Verdict", "is_help", "is_keyword", "is_start", "recognise"]
