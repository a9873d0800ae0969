"""Merging two files of one person into one, and taking it back."""

from personnel.services.merging.plan import HERE, THERE, Choice, Merge, plan_merge, why_not
from personnel.services.merging.separating import Separation, may_separate, plan_separation, separate_files
from personnel.services.merging.writing import merge_files

__all__ = [
    "HERE",
    "THERE",
    "Choice",
    "Merge",
    "Separation",
    "may_separate",
    "merge_files",
    "plan_merge",
    "plan_separation",
    "separate_files",
    "why_not",
]
