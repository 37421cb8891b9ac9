"""What the command line says in other languages: a folder of catalogues for each, and how they are built."""
