"""The comparisons there are, in the order of the page."""
from . import hello

COMPARISONS = (hello,)
