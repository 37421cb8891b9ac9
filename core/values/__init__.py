"""Values as people write them, due dates, and working days."""
