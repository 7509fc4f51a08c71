"""Limpet against its peers on the same work: see ../README.md, and `benchmarks/compare --help`."""
