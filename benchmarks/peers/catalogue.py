"""The comparisons there are, in the order of the page."""
from . import gateway_latency, hello, job, kernels, kubo, many, sandbox, sql, start, stream, wasi

COMPARISONS = (hello, gateway_latency, job, kernels, wasi, sql, sandbox, many, kubo, stream, start)
