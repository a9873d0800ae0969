"""The demo city: an invented place with schools, people and histories, made by a seed and therefore always the same.

It is written as real life would write it: change after change, by named users in their roles, set-wise.
"""
