"""What a study found, in sentences: the best value of a setting, and what students gain over controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, isnan
from typing import Any

from kdviz.config import bounds
from kdviz.figures.charts import difference_with_interval
from kdviz.language import _, listed, plural, sentences
from kdviz.narrative import score_text, spoken_points
from kdviz.study import Best, Lead, Student, best_of, figure_by_seed, lead_over, students_at
from kdviz.types import Arm
from kdviz.ui.sweep.grid import Grid, setting_text
from kdviz.ui.sweep.student_metrics import in_percent, is_gain, metric_text
from kdviz.ui.widgets.setting_names import setting_value

_TUNED = {"explanation_weight": "λ", "temperature": "T"}
"""Settings whose best value may lie between others, with their symbols."""

_CONTROLS: tuple[Arm, ...] = ("twin", "placebo")


def row_answer(students: Sequence[Student], grid: Grid, metric: str, row: int) -> list[str]:
    """The answer of a row: one paragraph, or the gains at each value where none can be the best.

    Empty if nothing can be compared.
    """
    by_value = {
        value: students_at(students, grid.settings(column, row)) for column, value in enumerate(grid.columns)
    }
    best = best_of(by_value, metric) if grid.tuned else None
    if best is None:
        gains = (_gain_text(grid, value, found, metric) for value, found in by_value.items())
        return [text for text in gains if text]
    return [
        sentences(
            best_value_sentence(best, grid.across, metric),
            undecided_sentence(best, grid.across, metric),
            edge_sentence(best, grid.across),
            gain_sentence(setting_text(grid.across, best.value), by_value[best.value], metric),
            _incomplete(best, grid),
        )
    ]


def _incomplete(best: Best, grid: Grid) -> str:
    measured, planned = len(best.values), len(grid.columns)
    if measured == planned:
        return ""
    return _("({known} of {all} values measured.)").format(known=measured, all=planned)


def best_value_sentence(best: Best, field: str, metric: str) -> str:
    """The best value with its mean and its lead over the second best, or both if they are level."""
    values = {
        "best": setting_text(field, best.value),
        "second": setting_text(field, best.second),
        "value": metric_text(metric, best.mean),
    }
    if _is_level(best, metric):
        form = _("**{best} and {second} are level** at {value}: they differ by {difference}.")
        return form.format(**values, difference=_difference(best.lead, metric))
    form = (
        _("**{best} has the highest mean**, {value}, {lead}.")
        if best.close
        else _("**{best} is best**, with {value}, {lead}.")
    )
    return form.format(**values, lead=_lead_words(best.lead, values["second"], metric))


def _is_level(best: Best, metric: str) -> bool:
    """Whether the two highest means are the same as they are displayed, and nothing else tells them apart."""
    second = best.mean - best.lead.difference.value
    return best.second in best.close and metric_text(metric, second) == metric_text(metric, best.mean)


def undecided_sentence(best: Best, field: str, metric: str) -> str:
    """Which values may all be the best; "" where one is, and for one seed."""
    if not best.close or isnan(best.lead.difference.low):
        return ""
    if len(best.close) > 1:
        return plural(
            "{count} seed cannot tell which of {values} is best: their differences may be noise.",
            "{count} seeds cannot tell which of {values} is best: their differences may be noise.",
            best.lead.seeds,
            values=_values_text(best, field),
        )
    if _is_level(best, metric):
        return _cannot_tell_them(best.lead)
    return plural(
        "{count} seed cannot tell {best} and {other} apart.",
        "{count} seeds cannot tell {best} and {other} apart.",
        best.lead.seeds,
        best=setting_text(field, best.value),
        other=setting_text(field, best.close[0]),
    )


def _values_text(best: Best, field: str) -> str:
    """The values that may be the best, in the order of the axis: a range if they are neighbours."""
    among = [value for value in best.values if value in {best.value, *best.close}]
    at = [best.values.index(value) for value in among]
    if at[-1] - at[0] == len(at) - 1 and all(isinstance(value, int | float) for value in among):
        low, high = setting_text(field, among[0]), setting_value(field, among[-1])
        return _("{low} to {high}").format(low=low, high=high)
    return listed(setting_text(field, value) for value in among)


def _cannot_tell_them(lead: Lead) -> str:
    return plural("{count} seed cannot tell them apart.", "{count} seeds cannot tell them apart.", lead.seeds)


def edge_sentence(best: Best, field: str) -> str:
    """Where to look further if the best λ or temperature is the largest or the smallest one measured.

    "" for other settings, where the next value is as good, and at the smallest value that is allowed.
    """
    if field not in _TUNED or best.close:
        return ""
    name = _TUNED[field]
    if best.value == max(best.values):
        return _("It is the largest {name} that was measured: a larger one may be better.").format(name=name)
    if best.value == min(best.values) != bounds(field)[0]:
        return _("It is the smallest {name} that was measured: a smaller one may be better.").format(
            name=name
        )
    return ""


def gain_words(lead: Lead, control: str, metric: str) -> str:
    """How far the student is above a control, in how many seeds, and whether it is more than noise.

    E.g. "86.1 points above the twin (one seed, so no error bar)".
    """
    place, found = _place(lead, control, metric), lead.difference
    if not isfinite(found.low):
        return _("{place} (one seed, so no error bar)").format(place=place)
    if _all_equal(lead):
        return place
    seeds = _("{place}, higher in {ahead} of {seeds} seeds").format(
        place=place, ahead=lead.ahead, seeds=lead.seeds
    )
    if not found.low <= 0 <= found.high:
        return _("{difference}: more than noise").format(difference=seeds)
    return plural(
        "{lead}: {count} seed cannot tell them apart",
        "{lead}: {count} seeds cannot tell them apart",
        lead.seeds,
        lead=seeds,
    )


def _all_equal(lead: Lead) -> bool:
    """Whether both sides are the same in every seed."""
    found = lead.difference
    return found.value == 0 and (isnan(found.low) or found.low == found.high == 0)


def _lead_words(lead: Lead, other: str, metric: str) -> str:
    found = lead.difference
    values = {
        "difference": _difference(lead, metric),
        "other": other,
        "ahead": lead.ahead,
        "seeds": lead.seeds,
    }
    if _all_equal(lead):
        one_seed = _("the same value as {other} (one seed, so no error bar)")
        return (one_seed if isnan(found.low) else _("the same value as {other}")).format(**values)
    if not isfinite(found.low):
        return _("{difference} compared to {other} (one seed, so no error bar)").format(**values)
    form = _("{difference} compared to {other}, higher in {ahead} of {seeds} seeds")
    if not found.low <= 0 <= found.high:
        form = _("{difference} compared to {other}, higher in {ahead} of {seeds} seeds: more than noise")
    return form.format(**values)


def gain_sentence(at: str, students: Sequence[Student], metric: str) -> str:
    """How far students at a value are above twin and placebo, whether that is noise; "" without either."""
    gains = [_above(lead, name, metric) for name, lead in _leads(students, metric).items()]
    if not gains:
        return ""
    return _("At {value}, the student is {gains}.").format(value=at, gains=_("; ").join(gains))


def _place(lead: Lead, control: str, metric: str) -> str:
    """E.g. "86.5 points (84.1 to 88.9) above the twin"."""
    found = lead.difference
    if _all_equal(lead):
        return _("level with the {control}").format(control=control)
    above = _("{difference} above the {control}")
    if found.value < 0:
        found = found.negated
        above = _("{difference} below the {control}")
    difference = spoken_points(found) if in_percent(metric) else score_text(found)
    return above.format(difference=difference, control=control)


def _above(lead: Lead, control: str, metric: str) -> str:
    """E.g. "86.5 points (84.1 to 88.9) above the twin: more than noise"."""
    text, found = _place(lead, control, metric), lead.difference
    if _all_equal(lead) or not isfinite(found.low):
        return text
    noise = found.low <= 0 <= found.high
    return (_("{difference}, which may be noise") if noise else _("{difference}: more than noise")).format(
        difference=text
    )


def _gain_text(grid: Grid, value: Any, students: Sequence[Student], metric: str) -> str:
    """The gains at one value of a setting that is not tuned; "" if nothing can be compared."""
    leads = [gain_words(lead, name, metric) for name, lead in _leads(students, metric).items()]
    if not leads:
        return ""
    text = _("the student is {gains}.").format(gains=_("; ").join(leads))
    at = setting_text(grid.across, value) if grid.across else ""
    return f"**{at}:** {text}" if at else text[:1].upper() + text[1:]


def _leads(students: Sequence[Student], metric: str) -> Mapping[str, Lead]:
    """The lead of students over each control, by its name."""
    if is_gain(metric):
        return {}
    own = figure_by_seed(students, metric)
    names = {"twin": _("twin"), "placebo": _("placebo")}
    found = {arm: lead_over(own, figure_by_seed(students, metric, arm)) for arm in _CONTROLS}
    return {names[arm]: lead for arm, lead in found.items() if lead is not None}


def _difference(lead: Lead, metric: str) -> str:
    found = lead.difference
    return difference_with_interval(found.value, (found.low, found.high), in_points=in_percent(metric))
