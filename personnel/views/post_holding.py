"""The post of one person: appointing, moving between levels, ending."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.codes.values import period_words, values_of
from core.org.models import Unit
from core.web.filters import day_of
from core.web.pages import FormPage
from core.web.parts import Action, Fact, Finding, Link
from personnel import rules
from personnel.forms.posts import AppointForm, EndForm, MoveForm
from personnel.models import PostAppointment
from personnel.selectors.finding_words import post_words, said
from personnel.selectors.posts import CHANGE, appointments_of, free_posts, move_findings, posts_of
from personnel.services.posts import appoint, end_appointment, move_level
from personnel.views.file import FilePage
from personnel.views.posts import HELP
from personnel.workflows.posts import REFERENCES


class PersonForm(FilePage, FormPage):
    """A form about one section of a person's file, with what is on file now above it."""

    template = "personnel/person_form.html"
    tab: ClassVar[str] = "work"

    @property
    def record(self) -> Any:
        """The person is not what changes."""
        return None

    @property
    def cancel_url(self) -> str:
        """Back to the tab of the section."""
        return f"{self.file_url()}?tab={self.tab}"

    def heading(self) -> Any:
        return pgettext("after a label", ": ").join([str(self.object.name), str(self.title)])

    def initial(self) -> dict[str, Any]:
        return {}

    def form_options(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def context(self) -> dict[str, Any]:
        return {
            "crumbs": [Link(self.object.name, self.cancel_url)],
            "now": self.now(),
            "findings": self.findings(),
            "ways": self.ways(),
        }

    def now(self) -> list[Fact]:
        """What is on file now."""
        return []

    def findings(self) -> list[Finding]:
        """What the rules say."""
        return []

    def ways(self) -> list[Action]:
        """What else can be done."""
        return []


class OfPost(PersonForm):
    """A form about somebody's post."""

    permission: ClassVar[str | tuple[str, ...]] = CHANGE
    help = HELP
    references = REFERENCES
    needs_post: ClassVar[bool] = True

    def load(self) -> None:
        super().load()
        if self.needs_post and not self.held:
            raise Http404

    @cached_property
    def held(self) -> list[PostAppointment]:
        """What the person is appointed to today, the usual post first."""
        return appointments_of(self.object, self.on)

    @property
    def appointment(self) -> PostAppointment:
        """The one that the form is about: the usual post, or the second one where it is named."""
        wanted = self.request.GET.get("post", "")
        return next((one for one in self.held if str(one.public_id) == wanted), self.held[0])

    def now(self) -> list[Fact]:
        values = values_of(self.actor)
        return [
            Fact(
                _("Second post") if one.dual else _("Appointment to a post"), post_words(one.level),
                sub=pgettext("list separator", ", ").join(
                    filter(None, [values.unit(one.unit_id), period_words(one.valid), str(one.get_place_display())])
                ),
            )
            for one in self.held
        ]  # fmt: skip


class AppointPost(OfPost):
    """Appoint somebody to a free post; where they hold one, the ways on are named."""

    name = "post_appoint"
    route = "teachers/<uuid:public_id>/post/"
    title = gettext_lazy("Appoint to a post")
    form_class = AppointForm
    submit_label = gettext_lazy("Appoint")
    done_message = gettext_lazy("Appointed.")
    needs_post = False

    @cached_property
    def unit(self) -> Unit | None:
        """Where the person works today."""
        return Unit.objects.visible_to(self.actor).filter(pk=self.object.unit).first() if self.object.unit else None

    def initial(self) -> dict[str, Any]:
        return {"unit": self.unit, "on": self.on, "dual": bool(self.held)}

    def findings(self) -> list[Finding]:
        if self.unit is None:
            return []
        free = [one for one in posts_of(self.unit, self.on).rows if one.vacant > 0]
        told = [
            _("%(level)s: %(n)s")
            % {"level": f"{post_words(one.level)}{_(' (special)') if one.special else ''}", "n": one.vacant}
            for one in free
        ]
        if not told:
            return [
                Finding(
                    _("No post of this unit is free today"),
                    _("Have posts approved, or end an appointment first."),
                    "amber",
                )
            ]
        return [Finding(_("Posts free today"), pgettext("list separator", ", ").join(told), "green", "ok")]

    def ways(self) -> list[Action]:
        found = []
        for one in self.held:
            asked = f"?post={one.public_id}"
            key = [self.object.public_id]
            named = {"level": post_words(one.level)}
            found += [
                Action(_("Move from %(level)s") % named, f"{reverse('post_move', args=key)}{asked}", "swap"),
                Action(_("End %(level)s") % named, f"{reverse('post_end', args=key)}{asked}", "no"),
            ]
        return found

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        appoint(
            actor=self.actor, teacher=self.object, unit=data["unit"], level=data["level"], on=data["on"], special=data["special"],
            dual=data["dual"], term_last=data["term"], document=data["document"], reason=data["reason"],
        )  # fmt: skip
        return self.cancel_url


class MovePost(OfPost):
    """Move somebody to another level: `?level=` shows the conditions for one before it is asked for."""

    name = "post_move"
    route = "teachers/<uuid:public_id>/post/move/"
    title = gettext_lazy("Move to another level")
    form_class = MoveForm
    submit_label = gettext_lazy("Move")
    done_message = gettext_lazy("Moved.")

    @cached_property
    def level(self) -> str:
        """The level that is asked for, by default the next one up."""
        asked = str(self.request.POST.get("level") or self.request.GET.get("level", ""))
        held = self.appointment.level
        return asked or f"{held[:1]}{max(rules.rank_of(held) - 1, 1)}"

    @cached_property
    def day(self) -> date:
        """From which day on."""
        return day_of(self.request.POST.get("on", "")) or self.on

    def initial(self) -> dict[str, Any]:
        return {"level": self.level, "on": self.on, "special": self.appointment.place == PostAppointment.Place.SPECIAL}

    def findings(self) -> list[Finding]:
        unit = self.appointment.unit
        if not rules.family_of(self.level):
            return []
        free = free_posts(unit, self.level, special=False, on=self.day)
        tone = ("green", "ok") if free > 0 else ("red", "no")
        heading = _("%(level)s: posts free from %(day)s on") % {"level": post_words(self.level), "day": self.day}
        found = [Finding(heading, _("Posts free: %(n)s") % {"n": max(free, 0)}, *tone)]
        tones = {True: ("green", "ok"), False: ("red", "no"), None: ("amber", "alert")}
        asked = move_findings(self.object, unit, self.level, self.day)
        return [*found, *(Finding(*said(one), *tones[one.met], reference=one.reference) for one in asked)]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        move_level(
            actor=self.actor, appointment=self.appointment, level=data["level"], on=data["on"], special=data["special"],
            term_last=data["term"], document=data["document"], exception=data["exception"], reason=data["reason"],
        )  # fmt: skip
        return self.cancel_url


class EndPost(OfPost):
    """Let somebody's appointment end."""

    name = "post_end"
    route = "teachers/<uuid:public_id>/post/end/"
    title = gettext_lazy("End the appointment")
    form_class = EndForm
    submit_label = gettext_lazy("End it")
    done_message = gettext_lazy("It ends.")

    def form_options(self) -> dict[str, Any]:
        return {}

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        end_appointment(
            actor=self.actor,
            appointment=self.appointment,
            until=form.until,
            reason=data["reason"],
            document=data["document"],
        )
        return self.cancel_url
