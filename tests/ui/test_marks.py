import pytest

from apps.ui import marks


def test_levels_differ_in_shape():
    assert len({marks.SHAPES[key] for key in (*marks.LEVELS, marks.UNKNOWN)}) == 5


@pytest.mark.parametrize(
    ("key", "keys", "tone"),
    [
        ("high", (), "high"),
        ("level_1", ("level_1", "level_2", "level_3", "level_4"), "low"),
        ("level_4", ("level_1", "level_2", "level_3", "level_4"), "critical"),
        ("fine", ("fine", "bad"), "low"),
        ("bad", ("fine", "bad"), "critical"),
        ("only", ("only",), "low"),
        ("strange", ("fine", "bad"), "unknown"),
        ("strange", (), "unknown"),
    ],
)
def test_tone_follows_the_name_or_the_place(key, keys, tone):
    assert marks.tone_of(key, keys) == tone
