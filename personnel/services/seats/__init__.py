"""Verbs of the seat ledger. What they would overdraw the database refuses; they say it in words (`SeatsRefused`)."""

from personnel.services.seats.booking import SeatsRefused
from personnel.services.seats.opening import Opened, open_ledger
from personnel.services.seats.people import Seat, move, move_many, occupy, occupy_many, release, release_many
from personnel.services.seats.quota import adjust, approve, counter, counter_of_cases
from personnel.services.seats.reserving import cancel_reservation, extend_reservation, reserve
from personnel.services.seats.settling import book_differences

__all__ = [
    "Opened",
    "Seat",
    "SeatsRefused",
    "adjust",
    "approve",
    "book_differences",
    "cancel_reservation",
    "counter",
    "counter_of_cases",
    "extend_reservation",
    "move",
    "move_many",
    "occupy",
    "occupy_many",
    "open_ledger",
    "release",
    "release_many",
    "reserve",
]
