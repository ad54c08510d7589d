"""Coverage-guided fuzzing of what takes bytes from outside: seeds, targets, and the process that runs one target.

It stands with the benchmarks because it takes minutes and is asked for by name; what it finds becomes a test under
`tests/security`, with an input that a script makes. Atheris (libFuzzer with coverage of our Python code) does the work.
"""
