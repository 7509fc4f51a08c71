"""The comparisons there are, in the order of the page."""
from . import gateway_latency, hello, start

COMPARISONS = (hello, gateway_latency, start)
