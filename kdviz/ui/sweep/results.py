"""What a study has found: a map over two of its settings, trade-offs, the best λ, and all its figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from statistics import fmean, stdev

import streamlit as st

from kdviz.comparison import MOST_RUNS
from kdviz.figures.charts import (
    ParetoInfo,
    ParetoPoint,
    SweepCell,
    SweepInfo,
    pareto_alt,
    pareto_figure,
    sweep_alt,
    sweep_figure,
)
from kdviz.figures.style import percent, score
from kdviz.language import _, listed, plural, sentences
from kdviz.store import Store
from kdviz.study import (
    Best,
    Done,
    Student,
    axes,
    best_of,
    front,
    students,
    those_at,
    tidy_table,
)
from kdviz.ui.frame import url_state
from kdviz.ui.frame.language_switch import with_language
from kdviz.ui.runs.compare import setting_value
from kdviz.ui.sweep.grid import (
    SHARES,
    Grid,
    ask,
    axis_name,
    figure_about,
    figure_labels,
    in_words,
    known,
    known_figures,
    place_in_link,
    setting_text,
    setting_texts,
)
from kdviz.ui.sweep.studies import Plan
from kdviz.ui.sweep.tables import study_tables
from kdviz.ui.widgets.chart import Drawn, chart

_MAP = "sweep_map"


def sweep(store: Store, plan: Plan, done: Sequence[Done]) -> None:
    """All that is shown of a study of which runs are finished."""
    rows = tidy_table(plan.study, done)
    found = students(plan.study, rows)
    varied = axes(plan.study, plan.points)
    if varied:
        figure, grid = ask(found, varied)
        left, right = st.columns([3, 2], gap="large")
        with left:
            _map(plan, found, grid, figure)
        with right:
            _best(found, grid, figure)
        _front(plan, found, grid)
    study_tables(store, plan, rows)


# --- the map, and a place of it -----------------------------------------------------------------


def _map(plan: Plan, found: Sequence[Student], grid: Grid, figure: str) -> None:
    places = {place_in_link(grid, *at): at for at in product(range(len(grid.columns)), range(len(grid.rows)))}
    chosen = places.get(url_state.choice("sw_cell", places, ""))
    info = map_info(found, grid, figure)
    shown = Drawn(info, sweep_figure(info, chosen), sweep_alt(info))
    words = {at: word for word, at in places.items()}

    def take_over() -> None:
        points = st.session_state[_MAP]["selection"]["points"]
        url_state.set_choice("sw_cell", words[tuple(points[0]["customdata"])] if points else "")

    chart(
        shown,
        key=_MAP,
        file=f"kdviz-{plan.name}-{figure}",
        note=_("mean ± standard deviation between seeds"),
        on_select=take_over,
    )
    labels = {"": _("Choose a place, or click one")}
    labels |= {word: listed(setting_texts(grid.at(*at))) for word, at in places.items()}
    url_state.menu("sw_cell", _("Runs of a place"), labels, label_visibility="collapsed")
    if chosen is not None:
        _runs(those_at(found, grid.at(*chosen)))


def map_info(found: Sequence[Student], grid: Grid, figure: str) -> SweepInfo:
    """The map of a figure. Its colours reach over the whole study, so that two maps can be compared."""
    cells = tuple(
        tuple(_cell(those_at(found, grid.at(column, row)), figure) for column in range(len(grid.columns)))
        for row in range(len(grid.rows))
    )
    values = known([each.figures[figure] for each in found]) or [0.0]
    return SweepInfo(
        title=figure_labels()[figure],
        about=figure_about(figure),
        figure=figure_labels()[figure].lower(),
        across=axis_name(grid.across),
        down=axis_name(grid.down) if grid.down else "",
        columns=tuple(setting_value(grid.across, value) for value in grid.columns),
        rows=tuple(setting_value(grid.down, value) for value in grid.rows),
        cells=cells,
        low=min(values),
        high=max(values),
        percent=figure in SHARES,
        signed=figure.startswith("less_"),
    )


def _cell(there: Sequence[Student], figure: str) -> SweepCell:
    values = known([each.figures[figure] for each in there])
    return SweepCell(
        fmean(values) if values else float("nan"),
        stdev(values) if len(values) > 1 else float("nan"),
        len(values),
        len(there),
    )


def _runs(there: Sequence[Student]) -> None:
    """The runs of the chosen place, each with ways to look at it."""
    if not there:
        st.caption(_("No run of this place is finished yet."))
        return
    with st.container(border=True, gap="xsmall"):
        for each in there:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    _("Seed {seed}: accuracy {accuracy}, agreement {agreement}").format(
                        seed=each.seed,
                        accuracy=percent(each.figures["accuracy"]),
                        agreement=score(each.figures["agreement"]),
                    ),
                    width="stretch",
                )
                link = with_language({"run": each.run})
                st.page_link(
                    "pages/explain.py",
                    label=_("Explain"),
                    icon=":material/center_focus_strong:",
                    query_params=link,
                )
                st.page_link(
                    "pages/agreement.py", label=_("Agreement"), icon=":material/compare:", query_params=link
                )
        if len(there) > 1:
            compared = ",".join(each.run for each in there[:MOST_RUNS])
            st.page_link(
                "pages/runs.py",
                label=_("Compare these runs"),
                icon=":material/table_rows:",
                query_params=with_language({"compare": compared}),
            )


# --- which is best ------------------------------------------------------------------------------


def _best(found: Sequence[Student], grid: Grid, figure: str) -> None:
    """For each row of the map, the best value of the other axis, and how sure that is."""
    with st.container(border=True):
        st.markdown(
            f"**{_('Best {setting}').format(setting=axis_name(grid.across))}** · {figure_labels()[figure]}"
        )
        told = False
        for row in range(len(grid.rows)):
            places = {value: those_at(found, grid.at(at, row)) for at, value in enumerate(grid.columns)}
            best = best_of(places, figure)
            if best is not None:
                told = True
                told_best = sentences(best_sentence(best, grid.across, figure), _so_far(best, grid))
                named = _("{name}: {value}").format(name=grid.row_name(row), value=told_best)
                st.markdown(named if grid.down else told_best)
        if not told:
            st.markdown(_("Fewer than two values can be compared yet."))
        st.caption(
            _(
                "Seeds are drawn anew 2,000 times, the same for all values, and spread wider where they are "
                "few. The best of many looks better than it is: confirm it with new seeds."
            )
        )


def _so_far(best: Best, grid: Grid) -> str:
    measured, planned = len(best.shares), len(grid.columns)
    if measured == planned:
        return ""
    return _("({known} of {all} values are measured.)").format(known=measured, all=planned)


def best_sentence(best: Best, field: str, figure: str) -> str:
    """One sentence: the best value, over how many seeds, and whether it stands out."""
    told = {
        "best": setting_text(field, best.value),
        "value": in_words(figure, best.mean),
        "seeds": plural("{count} seed", "{count} seeds", best.seeds),
    }
    if best.seeds == 1:
        return _("**{best}** has the best value, {value}; no error bar: 1 seed.").format(**told)
    told["share"] = _share(best.shares[best.value])
    if len(best.among) == 1:
        return _("**{best}** is the best: {value} over {seeds}; it wins in {share} of the draws.").format(
            **told
        )
    others = listed(
        f"{setting_text(field, value)} ({_share(best.shares[value])})"
        for value in best.among
        if value != best.value
    )
    return _(
        "**{best}** has the best mean, {value} over {seeds}, and wins in {share} of the draws: not "
        "distinguishable from {others}."
    ).format(**told, others=others)


def _share(share: float) -> str:
    return f"{share:.0%}".replace("%", "\N{NO-BREAK SPACE}%")


# --- accuracy against agreement -----------------------------------------------------------------


def _front(plan: Plan, found: Sequence[Student], grid: Grid) -> None:
    offered = known_figures(found)
    judges: dict[str, str] = {
        name: offered[name] for name in ("agreement_untrained", "agreement") if name in offered
    }
    if not judges:
        return
    st.subheader(_("Accuracy and agreement"))
    judge = url_state.menu(
        "sw_judge",
        _("Agreement"),
        judges,
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    info = front_info(found, grid, judge)
    chart(
        Drawn(info, pareto_figure(info), pareto_alt(info)),
        key="sweep_front",
        file=f"kdviz-{plan.name}-front",
        note=listed(setting_texts(grid.fixed)),
    )


def front_info(found: Sequence[Student], grid: Grid, judge: str) -> ParetoInfo:
    """A line for each row of the map, through the means along the other axis."""
    lines = [(grid.row_name(row), _along(found, grid, row, judge)) for row in range(len(grid.rows))]
    flat = [
        (fmean(each[1] for each in seeds), fmean(each[2] for each in seeds))
        for _name, line in lines
        for _at, seeds in line
    ]
    best = set(front(flat))
    numbers = iter(range(len(flat)))
    return ParetoInfo(
        _("What can be had together"),
        _(
            "A small dot is a student, a large one the mean over seeds. A ring means that no other mean "
            "has more accuracy and more agreement."
        ),
        axis_name(grid.across),
        figure_labels()[judge],
        tuple(
            (
                name,
                tuple(
                    ParetoPoint(at, *flat[n], seeds, n in best) for at, seeds in line for n in [next(numbers)]
                ),
            )
            for name, line in lines
        ),
    )


def _along(
    found: Sequence[Student], grid: Grid, row: int, judge: str
) -> list[tuple[str, tuple[tuple[int, float, float], ...]]]:
    """The places of a row that have students, each with its seeds' accuracies and agreements."""
    places = []
    for column, value in enumerate(grid.columns):
        seeds = tuple(
            (each.seed, each.figures["accuracy"], each.figures[judge])
            for each in those_at(found, grid.at(column, row))
            if known([each.figures[judge]])
        )
        if seeds:
            places.append((setting_value(grid.across, value), seeds))
    return places
