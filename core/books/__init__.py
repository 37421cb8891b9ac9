"""The procedures that come with Prassi, one folder each."""
