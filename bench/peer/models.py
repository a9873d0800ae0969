"""The peer: one flat table of the roster's 22 columns, with django-simple-history as its manual says."""

from django.db import models
from simple_history.models import HistoricalRecords


class FlatTeacher(models.Model):
    """A roster row as it stands."""

    serial = models.IntegerField(null=True, blank=True)
    unit = models.CharField(max_length=120, blank=True)
    unit_code = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=18, unique=True)
    birth = models.DateField(null=True, blank=True)
    nation = models.CharField(max_length=20, blank=True)
    politics = models.CharField(max_length=20, blank=True)
    work_start = models.DateField(null=True, blank=True)
    teach_start = models.DateField(null=True, blank=True)
    in_quota = models.BooleanField(default=False)
    education = models.CharField(max_length=20, blank=True)
    degree = models.CharField(max_length=20, blank=True)
    school = models.CharField(max_length=120, blank=True)
    graduated = models.DateField(null=True, blank=True)
    major = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=20, blank=True)
    title_on = models.DateField(null=True, blank=True)
    subject = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    remark = models.CharField(max_length=120, blank=True)

    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name
