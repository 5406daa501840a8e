"""Speed and memory against the raw SQL that the work needs at least: ``make bench``.

How to read the results stands in ``docs/developing/benchmarks.md``.
"""
