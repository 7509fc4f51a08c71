"""The comparisons there are, in the order of the page."""
from . import (
    gateway_latency, hello, interpreters, job, kernels, kubo, many, memo, on_kubo, overload, sandbox, script, sql, start, stream, wasi)

COMPARISONS = (
    hello, memo, gateway_latency, overload, script, job, kernels, interpreters, wasi, sql, sandbox, many, kubo, on_kubo, stream, start)
