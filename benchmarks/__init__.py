"""Speed and memory, always as ratios to other programs measured in the same run. `python -m benchmarks.run NAME`."""
