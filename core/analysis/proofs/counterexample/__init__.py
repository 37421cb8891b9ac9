"""A path of the search played through the real engine, judged, and told."""
