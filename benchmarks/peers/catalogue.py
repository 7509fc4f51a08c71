"""The comparisons there are, in the order of the page."""
from . import gateway_latency, hello, interpreters, job, kernels, kubo, many, sandbox, script, sql, start, stream, wasi

COMPARISONS = (hello, gateway_latency, script, job, kernels, interpreters, wasi, sql, sandbox, many, kubo, stream, start)
