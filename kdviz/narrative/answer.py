"""Whether the student's maps agree more with the teacher's than its twin's do, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kdviz.agreement import Verdict
from kdviz.language import _, decimal, plural, sentences

if TYPE_CHECKING:
    from kdviz.narrative.gain_by import GainBy

LITTLE = 0.2
"""Below this agreement, corrected for chance, two networks' maps hardly look alike, whatever the twin's do.

Cohen's kappa is corrected in the same way, and Landis & Koch 1977 call a kappa of up to 0.20 slight.
"""


def twin_in_full() -> str:
    """The twin with what it is, for the first mention on a page."""
    return _("the twin (the same student without the teacher's maps, λ = 0)")


def short_answer(trained: GainBy, held_out: GainBy | None, *, apart: bool = False) -> str:
    """Whether the student looks where its teacher looks: yes, a little, no or not yet, and what decides it.

    trained: by the explainer of the loss, or by the only one. held_out: by another explainer; None if nothing
    is known by one. apart: whether the two point at different places, so that `brief_limits` follows, which
    says whether they have the same answer.
    """
    if held_out is None or trained.verdict is Verdict.NO_ERROR_BAR:
        return _("{finding}.").format(finding=_answer(trained))
    if same_answer(trained, held_out):
        again = "" if apart else _("The same answer by the maps of a second explainer.")
        return sentences(_("{finding}.").format(finding=_answer(trained)), again)
    if held_out.verdict is trained.verdict:
        return sentences(_("{finding}.").format(finding=_answer(trained)), _but_little(held_out))
    match trained.verdict, held_out.verdict:
        case Verdict.BETTER, Verdict.WORSE:
            return _(
                "No: only by the maps it was trained on do the student's maps agree with the teacher's more "
                "than those of {twin}; by a held-out explainer they agree less."
            ).format(twin=twin_in_full())
        case Verdict.WORSE, Verdict.BETTER:
            return _(
                "No: by the maps it was trained on the student's maps agree with the teacher's less than "
                "those of {twin}, though more by a held-out explainer."
            ).format(twin=twin_in_full())
        case Verdict.BETTER, _other:
            answer = _more_by_trained(trained)
        case _other:
            answer = _answer(trained)
    return _("{finding}; {other}.").format(finding=answer, other=_other_explainer(held_out.verdict))


def only_little(verdict: Verdict, agreement: float, count: int) -> str:
    """That the student's maps hardly look like the teacher's, though more so than its twin's; "" if not.

    verdict: on student and twin. agreement: the student's, corrected for chance, on this many images: where
    maps of the twin are undefined, that beside it in a table is of more. It ends a sentence on that.
    """
    if verdict is not Verdict.BETTER or not agreement < LITTLE:
        return ""
    return _("at {agreement} on {images}, where 0 is chance and 1 the same map").format(
        agreement=decimal(agreement), images=plural("{count} image", "{count} images", count)
    )


def effect(
    trained: Verdict, held_out: Verdict | None, *, by_loss: bool, costly: bool, little: str = ""
) -> str:
    """The effect of λ, without the full stop, and with {weight} to be filled in.

    trained: by Grad-CAM. held_out: by a held-out explainer, None if it has the same verdict or none. by_loss:
    whether the loss matches Grad-CAM maps. costly: whether the student is clearly less accurate than its
    twin. little: see `only_little`.
    """
    finding = _effect(trained, held_out, by_loss=by_loss, costly=costly)
    if little:
        finding = _("{finding}, but only a little, {level}").format(finding=finding, level=little)
    if held_out is None or trained is Verdict.NO_ERROR_BAR:
        return finding
    return _("{finding}; {other}").format(finding=finding, other=_other_explainer(held_out))


def _answer(found: GainBy) -> str:
    verdict = found.verdict
    if little := only_little(verdict, found.student, found.gain.n):
        answer = _("A little: more than {twin}, but only {level}")
        return answer.format(twin=twin_in_full(), level=little)
    if verdict is Verdict.BETTER:
        answer = _("Yes, more than {twin}")
    elif verdict is Verdict.WORSE:
        answer = _("No: the student's maps agree with the teacher's less than those of {twin}")
    elif verdict is Verdict.NOT_DISTINGUISHABLE:
        answer = _(
            "Not shown: the student's maps agree with the teacher's about as much as those of {twin}, within "
            "noise"
        )
    else:
        answer = _("Not yet: too few maps are defined")
    return answer.format(twin=twin_in_full())


def _more_by_trained(found: GainBy) -> str:
    if little := only_little(found.verdict, found.student, found.gain.n):
        answer = _("A little: by the maps it was trained on, more than {twin}, but only {level}")
        return answer.format(twin=twin_in_full(), level=little)
    return _("Yes, by the maps it was trained on, more than {twin}").format(twin=twin_in_full())


def same_answer(trained: GainBy, held_out: GainBy) -> bool:
    """Whether a second explainer has the same verdict, and not for little by that one alone."""
    if trained.verdict is not held_out.verdict:
        return False
    little, by_trained = (
        only_little(each.verdict, each.student, each.gain.n) for each in (held_out, trained)
    )
    return bool(by_trained or not little)


def _but_little(held_out: GainBy) -> str:
    text = _("By a held-out explainer more than the twin, too, but only a little, {level}.")
    return text.format(level=only_little(held_out.verdict, held_out.student, held_out.gain.n))


def _other_explainer(verdict: Verdict | None) -> str:
    if verdict is Verdict.BETTER:
        return _("by a held-out explainer they agree more")
    if verdict is Verdict.WORSE:
        return _("by a held-out explainer they agree less")
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _("by a held-out explainer that is undecided")
    return _("by a held-out explainer too few maps are defined")


def _effect(trained: Verdict, held_out: Verdict | None, *, by_loss: bool, costly: bool) -> str:
    if trained is Verdict.BETTER:
        finding = _better(held_out, by_loss=by_loss)
        return _("{finding}, but pays with accuracy").format(finding=finding) if costly else finding
    if trained is Verdict.WORSE:
        return _("At λ = {weight} the student's maps agree with the teacher's less than its twin's do")
    if trained is Verdict.NOT_DISTINGUISHABLE:
        return _(
            "At λ = {weight} the student's maps agree with the teacher's no more than its twin's do, within "
            "noise"
        )
    return _("At λ = {weight} the student and its twin cannot be compared, because too few maps are defined")


def _better(held_out: Verdict | None, *, by_loss: bool) -> str:
    """More by Grad-CAM; and how far that holds."""
    if held_out is Verdict.WORSE:
        if by_loss:
            return _(
                "At λ = {weight} the student's maps agree with the teacher's more than its twin's do only by "
                "the maps it was trained on"
            )
        return _(
            "At λ = {weight} the student's maps agree with the teacher's more than its twin's do only by "
            "Grad-CAM"
        )
    if held_out is Verdict.NOT_DISTINGUISHABLE:
        if by_loss:
            return _(
                "At λ = {weight} the student's maps agree with the teacher's more than its twin's do, by the "
                "maps it was trained on"
            )
        return _(
            "At λ = {weight} the student's maps agree with the teacher's more than its twin's do, by Grad-CAM"
        )
    return _("At λ = {weight} the student's maps agree with the teacher's more than its twin's do")
