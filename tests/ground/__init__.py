"""The ground that tests stand on: databases cloned from one template, actors with names, a fixed day."""
