"""Whether the student looks more like its teacher than its twin does, by two explainers, in words."""

from __future__ import annotations

from kdviz.agreement import Verdict
from kdviz.language import _, sentences


def short_answer(trained: Verdict, held_out: Verdict | None) -> str:
    """The answer in everyday words.

    trained: by the explainer that the loss matches, or by the only one. held_out: by another explainer; None
    if there is none.
    """
    if held_out is None or trained is Verdict.NO_ERROR_BAR:
        return _("{finding}.").format(finding=_answer(trained))
    if held_out is trained:
        return sentences(_("{finding}.").format(finding=_answer(trained)), _("A second explainer agrees."))
    match trained, held_out:
        case Verdict.BETTER, Verdict.WORSE:
            return _(
                "Only by the maps it was trained on: there the student looks more like its teacher than its "
                "twin without hints, by a held-out explainer less."
            )
        case Verdict.WORSE, Verdict.BETTER:
            return _(
                "Not by the maps it was trained on: there the student looks less like its teacher than its "
                "twin without hints, by a held-out explainer more."
            )
        case Verdict.BETTER, _other:
            answer = _(
                "By the maps it was trained on, yes: the student looks where its teacher looks, more than "
                "its twin without hints"
            )
        case _other:
            answer = _answer(trained)
    return _("{finding}; {other}.").format(finding=answer, other=_other_explainer(held_out))


def effect(trained: Verdict, held_out: Verdict | None, *, by_loss: bool, costly: bool) -> str:
    """The effect of λ, without the full stop, and with {weight} to be filled in.

    trained: by Grad-CAM. held_out: by a held-out explainer, None if it has the same verdict or none. by_loss:
    whether the loss matches Grad-CAM maps. costly: whether the student is clearly less accurate than its
    twin.
    """
    finding = _effect(trained, held_out, by_loss=by_loss, costly=costly)
    if held_out is None or trained is Verdict.NO_ERROR_BAR:
        return finding
    return _("{finding}; {other}").format(finding=finding, other=_other_explainer(held_out))


def _answer(verdict: Verdict) -> str:
    if verdict is Verdict.BETTER:
        return _("Yes: the student looks where its teacher looks, more than its twin without hints")
    if verdict is Verdict.WORSE:
        return _("No: the student looks like its teacher less than its twin without hints")
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _("No: the student looks like its teacher no more than its twin without hints")
    return _("No answer: too few maps are defined")


def _other_explainer(verdict: Verdict | None) -> str:
    if verdict is Verdict.BETTER:
        return _("by a held-out explainer it looks more like it")
    if verdict is Verdict.WORSE:
        return _("by a held-out explainer it looks less like it")
    if verdict is Verdict.NOT_DISTINGUISHABLE:
        return _("by a held-out explainer that is undecided")
    return _("by a held-out explainer too few maps are defined")


def _effect(trained: Verdict, held_out: Verdict | None, *, by_loss: bool, costly: bool) -> str:
    if trained is Verdict.BETTER:
        finding = _better(held_out, by_loss=by_loss)
        return _("{finding}, but pays with accuracy").format(finding=finding) if costly else finding
    if trained is Verdict.WORSE:
        return _("At λ = {weight} the student looks less like its teacher than its twin does")
    if trained is Verdict.NOT_DISTINGUISHABLE:
        return _(
            "At λ = {weight} the student looks no more like its teacher than its twin does, within noise"
        )
    return _("At λ = {weight} the student and its twin cannot be compared, because too few maps are defined")


def _better(held_out: Verdict | None, *, by_loss: bool) -> str:
    """More by Grad-CAM; and how far that holds."""
    if held_out is Verdict.WORSE:
        if by_loss:
            return _(
                "Only by the maps it was trained on does the student look more like its teacher than its "
                "twin does, at λ = {weight}"
            )
        return _(
            "Only by Grad-CAM does the student look more like its teacher than its twin does, at λ = {weight}"
        )
    if held_out is Verdict.NOT_DISTINGUISHABLE:
        if by_loss:
            return _(
                "At λ = {weight} the student looks more like its teacher than its twin does by the maps it "
                "was trained on"
            )
        return _("At λ = {weight} the student looks more like its teacher than its twin does by Grad-CAM")
    return _("At λ = {weight} the student looks more like its teacher than its twin does")
