"""The parts of the two lessons of 45 minutes: what to do, to ask and to listen for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kdviz.claims import CLAIMS
from kdviz.language import _, listed

Page = Literal["home", "explain", "agreement", "distill", "runs", "sweep", "learn"]

_FOR_A_VOTE = ("soft-labels", "maps-alone", "bigger-teacher")
"""Claims that need no formula, and that come out differently in the runs that come with kdviz."""


@dataclass(frozen=True)
class Part:
    """A part of a lesson. start, end: minutes. link: label of the link to its page.

    lesson: name of the lesson of a link to Learn.
    """

    start: int
    end: int
    title: str
    action: str
    question: str
    answer: str
    page: Page
    link: str
    lesson: str = ""


def parts() -> tuple[Part, ...]:
    """The lesson for a school, in the language of the page."""
    return (*_with_the_prepared_students(), *_with_runs_of_the_class())


def _with_the_prepared_students() -> tuple[Part, ...]:
    return (
        Part(
            0,
            8,
            _("Right for the wrong reason"),
            _(
                "On the projector: leave λ at 0 and click through the six images. Let the class say what the "
                "network answers, and only then what it looks at. Then drag λ to the right."
            ),
            _("It was nearly always right in training. Why is it wrong now?"),
            _(
                "the colour of the patch gave the answer away, so it never had to look at the shape. The "
                "teacher was trained on images in which the patch was random, so it had to."
            ),
            "home",
            _("Open Home"),
        ),
        Part(
            8,
            18,
            _("Is it really the patch?"),
            _(
                "In pairs: find an image on which the twin is wrong and the student right. Open *What if the "
                "patch were elsewhere?*, give the patch another colour, then take it away."
            ),
            _("A heat map shows where. Which of your clicks shows why?"),
            _("only changing the patch and seeing the answer change shows that it is the cause."),
            "explain",
            _("Open Explain"),
        ),
    )


def _with_runs_of_the_class() -> tuple[Part, ...]:
    return (
        Part(
            18,
            30,
            _("Our own experiment"),
            _(
                "Each row predicts first: how often will the student be right, the twin, the placebo? Write "
                "it on the board, then press *Start* and watch the maps while it trains. One row takes "
                "another seed, under *Advanced*: with the same seed all rows get the same numbers."
            ),
            _("What would you see if any heat map helped, and not just the teacher's?"),
            _("then the placebo, which has the maps of other images, would be as good as the student."),
            "distill",
            _("Open Distill with these settings"),
        ),
        Part(
            30,
            38,
            _("One image is no proof"),
            _(
                "On the projector: the bars of the whole test set, first on the object, then on the cue. "
                "Compare each with the line at chance."
            ),
            _("Unrelated heat maps are alike by luck. How do the numbers on this page allow for that?"),
            _(
                "objects are mostly in the middle, so even unrelated maps look alike. The page calls that 0, "
                "and the same map 1."
            ),
            "agreement",
            _("Open Agreement"),
        ),
        Part(
            38,
            45,
            _("What have we shown?"),
            _("Compare the runs with the predictions, and the row with another seed with the others."),
            _("May we now say that hints always help? What would you test next?"),
            _("one data set, one cue, few seeds; other cues, weaker hints, images without any cue."),
            "runs",
            _("Open Runs"),
        ),
    )


def university_parts() -> tuple[Part, ...]:
    """The lesson for a university, in the language of the page."""
    return (*_of_the_method(), *_of_the_evidence())


def _of_the_method() -> tuple[Part, ...]:
    return (
        Part(
            0,
            8,
            _("What a student network learns from"),
            _(
                "Raise the temperature from 1 to 20 on one image and then on an ambiguous one. Write the "
                "loss of Hinton et al. 2015 on the board."
            ),
            _("Why is the soft-label term multiplied by T²?"),
            _("its gradient shrinks with 1/T², so without it the weight of the term would depend on T."),
            "learn",
            _("Open lesson 2"),
            "soft-labels",
        ),
        Part(
            8,
            18,
            _("Grad-CAM, term by term"),
            _(
                "Leave out one channel after another, in the teacher and in the student. Compare the sum of "
                "the others, on its own scale, with the strongest channel."
            ),
            _("What does the map not show, by its construction?"),
            _("what counts against the class (ReLU), anything finer than a cell, and what masking would do."),
            "learn",
            _("Open lesson 3"),
            "grad-cam",
        ),
        Part(
            18,
            24,
            _("How much agreement is luck?"),
            _(
                "Draw random pairs until the chance level settles. Correct the raw agreement by hand, "
                "then read it on the page."
            ),
            _("Two maps have a raw agreement of 0.8. Is that a lot?"),
            _(
                "it depends on chance: at a chance level of 0.75 it is a fifth of the way from chance to "
                "identical maps (0.2)."
            ),
            "learn",
            _("Open lesson 5"),
            "chance",
        ),
    )


def _of_the_evidence() -> tuple[Part, ...]:
    return (
        Part(
            24,
            31,
            _("What the test set says, and what the maps hide"),
            _(
                "Read the answer and its warnings, by Grad-CAM and by a held-out explainer. Then change the "
                "cue on an image whose map does not highlight it."
            ),
            _("Why is an explainer needed that the loss does not match?"),
            _("what is optimized is no longer a measure; a second explainer shows whether it carries over."),
            "agreement",
            _("Open Agreement"),
        ),
        Part(
            31,
            37,
            _("Is it noise?"),
            _(
                "Open *projector view*: there the answer of *The λ ladder* is closed. The class votes by the "
                "chart: which λ would you choose, and by which images? Then open the answer and read it "
                "aloud. Find a λ whose interval is wide."
            ),
            _("Two λ have nearly the same accuracy. When may you say that one is better?"),
            _(
                "when the interval of their difference over seeds excludes 0; few seeds that cannot tell "
                "them apart do not show that they are equal."
            ),
            "sweep",
            _("Open Sweep"),
        ),
        Part(
            37,
            45,
            _("Which claims hold?"),
            _(
                "In pairs: choose a claim, predict whether it is shown here, then compare it with the "
                "published figure. Good for a vote of the class: {claims}. End with the quiz of *Mistakes*."
            ).format(claims=listed(f"*{_(CLAIMS[name].label)}*" for name in _FOR_A_VOTE)),
            _("What would you still need before you believe it for your own data?"),
            _("more seeds, a placebo, other data and cues, and a test set by which nothing was chosen."),
            "learn",
            _("Open lesson 9"),
            "claims",
        ),
    )
