"""What titles plugs in."""

from django.utils.translation import gettext_lazy as _

from core.registry import FileSection, FileTab, Module, PersonFact
from titles import columns, consequences, resources

TITLES = FileTab("titles", _("Titles"), 50)

MODULE = Module(
    name="titles",
    label=_("Titles"),
    file_sections=(
        FileSection(
            name="titles",
            label=_("Title"),
            model="titles.TitleHeld",
            tab=TITLES,
            permission=columns.VIEW,
            order=500,
            fields=("rank", "obtained", "scope_of_title", "area"),
            primary=("rank",),
            overview=("rank", "obtained"),
        ),
    ),
    list_columns=columns.COLUMNS,
    list_filters=columns.FILTERS,
    heading_facts=columns.HEADING,
    import_sections=resources.SECTIONS,
    consequences=consequences.CONSEQUENCES,
    person_facts=(PersonFact("title", columns.titles_in_words),),
)
