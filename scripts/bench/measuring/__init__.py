"""What the benchmarks share: runs of processes, medians with their spread, tables, the machine."""
