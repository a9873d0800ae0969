"""What a single machine needs to run Shidang: embedded PostgreSQL and Valkey, and one supervisor over all processes."""
