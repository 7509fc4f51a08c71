"""The comparisons there are, in the order of the page."""
from . import gateway_latency, hello, job, kernels, kubo, start, stream, wasi

COMPARISONS = (hello, gateway_latency, job, kernels, wasi, kubo, stream, start)
