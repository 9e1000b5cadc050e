"""What may be said of a student beside its twin: one sentence for each thing in which they are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kdviz.agreement import Verdict, verdict
from kdviz.comparison import Survey, calibration_difference, trained_explainer
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, plural
from kdviz.narrative.accuracy_gains import student_accuracy_gain
from kdviz.narrative.answer import only_little
from kdviz.narrative.conclusion import Conclusion, Grounds, Topic, cue_noun
from kdviz.narrative.gain_by import GainBy
from kdviz.narrative.intervals import spoken_points
from kdviz.narrative.localization import CLEARLY, evidence_verdict
from kdviz.narrative.placebo import gain_over_placebo, placebo_reservation, weak_placebo
from kdviz.types import Interval

FEW = 43
"""Of fewer images an accuracy is uncertain by more than 15 points: see `accuracy_reach`."""


@dataclass(frozen=True)
class _Claim:
    """A claim without its full stop: as it may be said, and as a clause that begins with "That"."""

    said: str
    that: str


def cue_conclusion(grounds: Grounds) -> Conclusion:
    """How far student and twin rely on the cue, by the answers that change when it is removed."""
    removed = {each.arm: each.changed for each in grounds.removals}
    cue = cue_noun(grounds.run.config.cue)
    if "student" not in removed:
        text = _("How far the student relies on {cue}: what removing it changes is not known yet.")
        return Conclusion("not-shown", "cue", text.format(cue=cue))
    student = removed["student"]
    if "twin" not in removed:
        return _alone(cue, student)
    twin = removed["twin"]
    hardly = student.high < CLEARLY < twin.low
    less = _hardly(cue) if hardly else _less(cue)
    return _weighed("cue", _apart(student, twin), less, _more(cue))


def comparisons(grounds: Grounds) -> Iterator[Conclusion]:
    """Accuracy, maps and confidence of student and twin: first where it is worse, last what is undecided."""
    if "twin" not in grounds.survey.scores:
        yield Conclusion(
            "not-shown", "twin", _("That λ made a difference: without a twin, its effect is unknown.")
        )
        return
    confidence = Verdict.NO_ERROR_BAR
    if len(grounds.largest) >= FEW:
        confidence = verdict(calibration_difference(grounds.largest), better=-1)
    gain = student_accuracy_gain(grounds.run.results, grounds.largest)
    accuracy, few = verdict(gain), gain.n if gain.n < FEW else None
    weak = weak_placebo(grounds.run.results, {grounds.largest.explainer: grounds.largest})
    beyond = _beyond_placebo(grounds.largest) if weak is None else None
    found = (
        (accuracy, _weighed("accuracy", accuracy, *_accuracies(grounds, placebo=bool(beyond)), few=few)),
        *_agreement(grounds),
        *_evidence(grounds),
        (confidence, _weighed("confidence", confidence, _reliable(), _unreliable())),
    )
    if weak is not None:
        yield Conclusion("not-shown", "placebo", placebo_reservation(weak))
    order = (Verdict.WORSE, Verdict.BETTER, Verdict.NOT_DISTINGUISHABLE, Verdict.NO_ERROR_BAR)
    yield from (each for _found, each in sorted(found, key=lambda pair: order.index(pair[0])))
    if accuracy is Verdict.BETTER and beyond is False:
        text = _(
            "That the gain comes from the teacher's maps of the same images: the placebo, with those of "
            "other images, is not clearly less accurate."
        )
        yield Conclusion("not-shown", "placebo", text)


def _beyond_placebo(largest: Survey) -> bool | None:
    """Whether the student is clearly more accurate than the placebo; None without one."""
    gain = gain_over_placebo({largest.explainer: largest})
    return None if gain is None else verdict(gain) is Verdict.BETTER


def seeds_conclusion(grounds: Grounds) -> Conclusion:
    """Whether other seeds say the same of the accuracy, if there are runs with others."""
    seeds = grounds.seeds
    gain = None if seeds is None else seeds.accuracy_gain
    found = Verdict.NO_ERROR_BAR if gain is None else verdict(gain)
    if seeds is None or gain is None or grounds.caveat or found is Verdict.NO_ERROR_BAR:
        text = _("That another training run (another seed) would give the same.")
        return Conclusion("not-shown", "seeds", text)
    if found is Verdict.NOT_DISTINGUISHABLE:
        text = _(
            "That another training run (another seed) would give the same: over {count} seeds the "
            "difference in accuracy is within noise."
        )
        return Conclusion("not-shown", "seeds", text.format(count=len(seeds.seeds)))
    text = _("Over {count} seeds the student is right more often than its twin, by {points}.")
    if found is Verdict.WORSE:
        text, gain = (
            _("Over {count} seeds the student is right less often than its twin, by {points}."),
            gain.negated,
        )
    return Conclusion("say", "seeds", text.format(count=len(seeds.seeds), points=spoken_points(gain)))


def _weighed(
    topic: Topic, found: Verdict, better: _Claim, worse: _Claim, *, few: int | None = None
) -> Conclusion:
    """One of the two claims: said where the verdict is clear. few: the number of images, if it is small."""
    images = "" if few is None else plural("{count} image", "{count} images", few)
    if found is Verdict.NO_ERROR_BAR:
        text = _("{claim}: there are too few images.").format(claim=better.that)
    elif found is Verdict.NOT_DISTINGUISHABLE:
        text = (
            _("{claim}: on only {images} the difference is within noise.")
            if images
            else _("{claim}: the difference is within noise.")
        ).format(claim=better.that, images=images)
    else:
        claim = better if found is Verdict.BETTER else worse
        said = _("{finding}, on only {images}.") if images else _("{finding}.")
        return Conclusion("say", topic, said.format(finding=claim.said, images=images))
    return Conclusion("not-shown", topic, text)


def _apart(student: Interval, twin: Interval) -> Verdict:
    """Whether the student's answers depend on the cue clearly less (better) or more, by both intervals."""
    if student.high < twin.low:
        return Verdict.BETTER
    return Verdict.WORSE if student.low > twin.high else Verdict.NOT_DISTINGUISHABLE


def _alone(cue: str, student: Interval) -> Conclusion:
    """Of a student without a twin."""
    if student.low > CLEARLY:
        return Conclusion("say", "cue", _("The student relies on {cue}.").format(cue=cue))
    if student.high < CLEARLY:
        return Conclusion("say", "cue", _("The student hardly relies on {cue}.").format(cue=cue))
    return Conclusion("not-shown", "cue", _("That the student hardly relies on {cue}.").format(cue=cue))


def _agreement(grounds: Grounds) -> Iterator[tuple[Verdict, Conclusion]]:
    """Whether the student's maps agree more with the teacher's; by each explainer, if two differ."""
    gains = grounds.gains
    first = gains[0]
    clear = [each.verdict for each in gains if each.verdict in (Verdict.BETTER, Verdict.WORSE)]
    if not clear or (len({each.verdict for each in gains}) == 1 and not grounds.awaited):
        more = _agreeing_more(only_little(first.verdict, first.student, first.gain.n))
        yield first.verdict, _weighed("agreement", first.verdict, more, _agreeing_less())
        return
    for each in gains:
        if each.verdict in clear:
            text = _("{finding}.").format(
                finding=_so_far(_agreeing_by(each, grounds), each, grounds.survey.total)
            )
            yield each.verdict, Conclusion("say", "agreement", text)
        else:
            text = _("{finding}.").format(
                finding=_so_far(_too(each.explainer, clear[0]), each, grounds.survey.total)
            )
            yield each.verdict, Conclusion("not-shown", "agreement", text)
    if grounds.awaited:
        text = _("{claim}: that is not known yet").format(claim=_too(grounds.awaited, clear[0]))
        unknown = Conclusion("not-shown", "agreement", _("{finding}.").format(finding=text))
        yield Verdict.NOT_DISTINGUISHABLE, unknown


def _evidence(grounds: Grounds) -> Iterator[tuple[Verdict, Conclusion]]:
    """Whether more of the student's evidence is on the object, where that is clear."""
    found = evidence_verdict(grounds.survey)
    if found not in (Verdict.BETTER, Verdict.WORSE):
        return
    text = (
        _("By {explainer}, more of the student's evidence is on the object than of its twin's.")
        if found is Verdict.BETTER
        else _("By {explainer}, less of the student's evidence is on the object than of its twin's.")
    )
    explainer = _(EXPLAINERS[grounds.survey.explainer].label)
    yield found, Conclusion("say", "object", text.format(explainer=explainer))


def _so_far(text: str, by: GainBy, total: int) -> str:
    """The sentence with its number of images, where it is on fewer than all until there is a survey."""
    if not by.stored or by.gain.n >= total:
        return text
    images = plural("{count} image", "{count} images", by.gain.n)
    return _("{claim}, on {images} so far").format(claim=text, images=images)


def _agreeing_by(by: GainBy, grounds: Grounds) -> str:
    """The claim by one explainer, where another does not say the same."""
    trained = by.explainer == trained_explainer(grounds.run.config)
    if by.verdict is Verdict.BETTER:
        text = (
            _(
                "By {explainer}, on which it was trained, the student's maps agree with the teacher's more "
                "than its twin's do"
            )
            if trained
            else _("By {explainer}, the student's maps agree with the teacher's more than its twin's do")
        )
    else:
        text = (
            _(
                "By {explainer}, on which it was trained, the student's maps agree with the teacher's less "
                "than its twin's do"
            )
            if trained
            else _("By {explainer}, the student's maps agree with the teacher's less than its twin's do")
        )
    claim = text.format(explainer=_(EXPLAINERS[by.explainer].label))
    return _with_level(claim, only_little(by.verdict, by.student, by.gain.n))


def _with_level(claim: str, little: str) -> str:
    """The claim that the student's maps agree more, with their level where that is little."""
    return _("{finding}, but only a little, {level}").format(finding=claim, level=little) if little else claim


def _too(explainer: str, clear: Verdict) -> str:
    """That another explainer says the same, as a clause."""
    text = (
        _("That the student's maps agree more than its twin's by {explainer}, too")
        if clear is Verdict.BETTER
        else _("That the student's maps agree less than its twin's by {explainer}, too")
    )
    return text.format(explainer=_(EXPLAINERS[explainer].label))


def _agreeing_more(little: str) -> _Claim:
    return _Claim(
        _with_level(_("The student's maps agree with the teacher's more than its twin's do"), little),
        _("That the student's maps agree with the teacher's more than its twin's do"),
    )


def _agreeing_less() -> _Claim:
    return _Claim(
        _("The student's maps agree with the teacher's less than its twin's do"),
        _("That the student's maps agree with the teacher's less than its twin's do"),
    )


def _accuracies(grounds: Grounds, *, placebo: bool) -> tuple[_Claim, _Claim]:
    """That the student is right more often than its twin, and less often. placebo: more than that as well."""
    if grounds.has_cue:
        return _accuracies_with_cue(cue_noun(grounds.run.config.cue), placebo=placebo)
    more = _Claim(
        _("The student is right more often than its twin"),
        _("That the student is right more often than its twin"),
    )
    if placebo:
        said = _("The student is right more often than its twin and than the placebo")
        more = _Claim(said, more.that)
    return more, _Claim(
        _("The student is right less often than its twin"),
        _("That the student is right less often than its twin"),
    )


def _accuracies_with_cue(cue: str, *, placebo: bool) -> tuple[_Claim, _Claim]:
    said = _("Where {cue} is random, the student is right more often than its twin")
    if placebo:
        said = _("Where {cue} is random, the student is right more often than its twin and than the placebo")
    return (
        _Claim(
            said.format(cue=cue),
            _("That where {cue} is random, the student is right more often than its twin").format(cue=cue),
        ),
        _Claim(
            _("Where {cue} is random, the student is right less often than its twin").format(cue=cue),
            _("That where {cue} is random, the student is right less often than its twin").format(cue=cue),
        ),
    )


def _reliable() -> _Claim:
    return _Claim(
        _("The student's stated confidence is more reliable than its twin's"),
        _("That the student's stated confidence is more reliable than its twin's"),
    )


def _unreliable() -> _Claim:
    return _Claim(
        _("The student's stated confidence is less reliable than its twin's"),
        _("That the student's stated confidence is less reliable than its twin's"),
    )


def _hardly(cue: str) -> _Claim:
    return _Claim(
        _("The student hardly relies on {cue}; its twin does").format(cue=cue),
        _("That the student hardly relies on {cue} while its twin does").format(cue=cue),
    )


def _less(cue: str) -> _Claim:
    return _Claim(
        _("The student relies on {cue} less than its twin does").format(cue=cue),
        _("That the student relies on {cue} less than its twin does").format(cue=cue),
    )


def _more(cue: str) -> _Claim:
    return _Claim(
        _("The student relies on {cue} more than its twin does").format(cue=cue),
        _("That the student relies on {cue} more than its twin does").format(cue=cue),
    )
