"""The drawing of every workflow: nothing runs out of its frame, and the usual way is its first row."""

import re

import pytest
from django.utils.translation import override

from core.workflow.diagram import ABOVE, _places, diagram
from core.workflow.registered import workflows

WORDS = re.compile(r'<text x="(\d+)" y="(\d+)" textLength="(\d+)"')
FRAME = re.compile(r'viewBox="0 0 (\d+) (\d+)" width')


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_word_of_a_drawing_lies_within_its_frame(language):
    with override(language):
        for kind, flow in workflows().items():
            drawn = str(diagram(flow))
            width, height = (int(side) for side in FRAME.search(drawn).groups())
            for x, y, long in (map(int, found) for found in WORDS.findall(drawn)):
                assert long / 2 <= x <= width - long / 2, kind
                assert 0 <= y <= height, kind


def test_the_usual_way_is_drawn_in_the_first_row():
    for kind, flow in workflows().items():
        places = _places(flow)
        assert {places[name][1] for name in flow.way} == {ABOVE}, kind
