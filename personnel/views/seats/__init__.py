"""Pages of seats: all units, one unit's account, its acts, the comparison with the files, workbooks."""
