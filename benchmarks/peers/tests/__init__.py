"""Tests of what stands between a measurement and the page: python3 -m unittest discover -s peers -t . in benchmarks/."""
