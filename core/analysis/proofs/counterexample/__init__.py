"""A counterexample of the search, concretized: played through the real engine, judged, and told."""
