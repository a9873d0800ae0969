"""The careers of the invented people, one module for each part of a file."""
