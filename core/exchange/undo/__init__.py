"""Taking back what an accepted batch wrote: planned from history in three buckets, previewed, written as one change of its own."""
