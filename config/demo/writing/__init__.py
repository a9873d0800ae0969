"""Putting the demo city into the database: offices, units, rosters, files; each by the hands that would have done it."""
