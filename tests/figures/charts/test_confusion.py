import math

import numpy as np
import pytest

from kdviz.figures.charts import ConfusionInfo, confusion_alt, confusion_figure, confusion_info

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
CLASSES = ("cat", "dog", "newt")


def info(cells=((-0.25, 0.25, 0.0), (0.125, -0.5, 0.375), (math.nan,) * 3)):
    return confusion_info("student", CLASSES[: len(cells)], np.array(cells, np.float32))


def test_the_info_is_the_difference_and_how_far_it_reaches():
    assert info(((-0.25, 0.25), (0.0, 0.0))) == ConfusionInfo(
        "Predictions compared to the teacher's",
        "Share of a class's images with this prediction, student − teacher. On the diagonal higher is "
        "better, elsewhere lower.",
        "student",
        ("cat", "dog"),
        ((-0.25, 0.25), (0.0, 0.0)),
        0.25,
    )
    assert info().reach == 0.5


def test_noise_stays_faint_and_no_images_are_no_error():
    assert info(((-0.01, 0.01), (0.0, 0.0))).reach == 0.05
    assert info(((math.nan,) * 2,) * 2).reach == 0.05


def test_the_scale_is_centred_on_no_difference_and_orange_is_more():
    heat = confusion_figure(info()).data[0]
    assert (heat.zmin, heat.zmid, heat.zmax) == (-0.5, 0, 0.5)
    assert heat.colorscale[-1][1] == "rgb(127,59,8)"  # PuOr's darkest orange
    assert heat.colorscale[0][1] == "rgb(45,0,75)"


def test_cells_say_points_with_a_sign_and_their_classes():
    heat = confusion_figure(info()).data[0]
    assert [list(row) for row in heat.text] == [
        [f"{MINUS}25", "+25", ""],
        ["+13", f"{MINUS}50", "+38"],
        [""] * 3,
    ]
    assert list(heat.customdata[1][2]) == ["dog", "newt"]


@pytest.mark.parametrize(("count", "written"), [(12, "%{text}"), (13, None)])
def test_many_classes_leave_no_room_for_numbers(count, written):
    crowd = confusion_info("twin", [str(each) for each in range(count)], np.zeros((count, count)))
    assert confusion_figure(crowd).data[0].texttemplate == written


def test_the_alt_text_has_the_largest_changes():
    assert confusion_alt(info()) == (
        "Predictions compared to the teacher's: student predicts more often dog as newt "
        f"(+37.5{NBSP}%), less often dog as dog ({MINUS}50.0{NBSP}%)."
    )
    assert confusion_alt(info(((0.0, 0.0), (0.0, 0.0)))).endswith(
        "student and teacher make the same predictions."
    )
