"""What the operating system has: files, permissions, time limits, fast encoders."""
