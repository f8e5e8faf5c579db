"""Reading a list of people from a CSV file: any encoding, any size, column by column.

`examine` looks at the bytes once and decides how they are to be read, or says why they cannot be;
`columns.recognise` finds out what the header means; `rows.slices` yields some thousand rows at a time.
Nothing here writes, and nothing holds more than a slice.
"""

from parley.texting.csv_reading.columns import Layout, recognise
from parley.texting.csv_reading.decoding import Decoding, examine
from parley.texting.csv_reading.problems import Unreadable
from parley.texting.csv_reading.rows import Slice, slices

__all__ = ["Decoding", "Layout", "Slice", "Unreadable", "examine", "recognise", "slices"]
