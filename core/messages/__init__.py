"""Templates, their sandbox, and how languages write dates and amounts."""
