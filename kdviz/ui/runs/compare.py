"""Two to six runs side by side: what differs, what came out, what λ did, and their curves in one chart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from kdviz.comparison import MOST_RUNS, Difference, different_settings, on_same_images, seed_groups
from kdviz.config import RunConfig
from kdviz.errors import StoreError
from kdviz.figures.charts import (
    accuracy_info,
    agreement_info,
    latest_value,
    run_curves_alt,
    run_curves_figure,
    run_curves_info,
)
from kdviz.figures.style import ARM_STYLES, RUN_STYLES, dash_legend, run_marker
from kdviz.language import _, decimal, language, listed, plural
from kdviz.narrative import different_images, seeds_sentence, verdict_with_images
from kdviz.store import Run, Store
from kdviz.types import ARMS, Arm, ArmResult, Measured
from kdviz.ui.frame import url_state
from kdviz.ui.frame.formatting import STATES, plain
from kdviz.ui.frame.run_menu import title
from kdviz.ui.runs.paired import paired_differences
from kdviz.ui.widgets.chart import Drawn, chart
from kdviz.ui.widgets.downloads import csv_button
from kdviz.ui.widgets.history import history
from kdviz.ui.widgets.setting_names import setting_name, setting_value

_EVERY_S = 2.0
_ARMS = "compare_arms"


def comparison(store: Store, runs: Sequence[Run]) -> None:
    """The chosen runs side by side; one line where there are too many."""
    if len(runs) > MOST_RUNS:
        st.warning(
            _("compare: at most {most} runs fit side by side, {count} are chosen. Choose fewer.").format(
                most=MOST_RUNS, count=len(runs)
            )
        )
        return
    st.header(plural("{count} run compared", "{count} runs compared", len(runs)))
    _names(runs)
    _cautions(store, runs)
    _settings(runs)
    _figures(store, runs)
    _effects(store, runs)
    _curves(store, runs)


def settings_table(configs: Sequence[RunConfig], names: Sequence[str]) -> pd.DataFrame:
    """A row for each setting in which the runs differ, a column a run, in words."""
    different = different_settings(configs)
    return pd.DataFrame(
        {
            "Setting": [setting_name(field) for field in different],
            **{
                name: [setting_value(field, values[place]) for field, values in different.items()]
                for place, name in enumerate(names)
            },
        }
    )


def figures_table(
    runs: Sequence[Run], measured: Sequence[Sequence[Measured]], names: Sequence[str]
) -> pd.DataFrame:
    """A row for each run and arm, with every digit; what a run does not know yet is empty.

    Shares are in [0, 1].
    """
    rows = [
        {
            "Run": name,
            "Arm": ARM_STYLES[arm].label,
            "State": _(STATES[run.state][0]),
            "Validation": latest_value(numbers, arm, "validation_accuracy"),
            **_final(results.get(arm)),
        }
        for run, numbers, name in zip(runs, measured, names, strict=True)
        for results in [run.results or {}]
        for arm in ARMS
        if arm == "teacher" or arm in run.config.arms
    ]
    return pd.DataFrame(rows)


def effects_table(found: Sequence[Difference | None], names: Sequence[str]) -> pd.DataFrame:
    """A row for each run that has a twin: student − twin over the same images, with every digit."""
    return pd.DataFrame(
        {
            "Run": name,
            "Agreement": each.agreement.value,
            "Agreement, low": each.agreement.low,
            "Agreement, high": each.agreement.high,
            "Accuracy": each.accuracy.value,
            "Accuracy, low": each.accuracy.low,
            "Accuracy, high": each.accuracy.high,
            "Verdict": verdict_with_images(each.verdict, images=each.n),
        }
        for each, name in zip(found, names, strict=True)
        if each is not None
    )


def letters(runs: Sequence[Run]) -> list[str]:
    """What each run is called in tables: its letter and its name."""
    return [f"{RUN_STYLES[place].letter} · {run.title}" for place, run in enumerate(runs)]


# --- in words -----------------------------------------------------------------------------------


def _names(runs: Sequence[Run]) -> None:
    """Each run's marker, letter and title, a line each."""
    with st.container(gap="xxsmall"):
        for place, run in enumerate(runs):
            with st.container(horizontal=True, wrap=False, gap="xsmall"):
                st.markdown(run_marker(place), unsafe_allow_html=True, width="content")
                unfinished = "" if run.state == "finished" else f" · {_(STATES[run.state][0])}"
                st.markdown(f"{plain(title(run))}{unfinished}")


def _cautions(store: Store, runs: Sequence[Run]) -> None:
    """What must be said before any number is read, and what seeds say together."""
    configs = [run.config for run in runs]
    if not on_same_images(configs):
        st.warning(different_images(), icon=":material/warning:")
    teachers = _teachers(store, runs)
    if len(teachers) > 1:
        st.caption(
            _(
                ":material/info: {count} different teachers. Each student is compared with its own: "
                "agreement says how near it comes to that one, not which teacher is the better."
            ).format(count=len(teachers))
        )
    for group in seed_groups(configs, [run.results for run in runs]):
        which = listed(RUN_STYLES[place].letter for place in sorted(group.places))
        st.markdown(f":material/casino: **{which}** · {seeds_sentence(group)}")


def _teachers(store: Store, runs: Sequence[Run]) -> set[str]:
    """The weights of the runs' teachers, as far as they are trained."""
    found = set()
    for run in runs:
        try:
            found.add(store.weights_hash(run.id, "teacher"))
        except StoreError:
            continue
    return found


# --- tables -------------------------------------------------------------------------------------


def _settings(runs: Sequence[Run]) -> None:
    table = settings_table([run.config for run in runs], letters(runs))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_('What differs')}**", width="stretch")
        if len(table):
            csv_button(lambda: table, file="kdviz-settings", key="settings_csv", label="CSV", small=True)
    if not len(table):
        st.caption(_("Nothing: all settings are equal, the seed included."))
        return
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={"Setting": st.column_config.TextColumn(_("Setting"), pinned=True)},
        alt=_("The settings in which the runs differ, a column a run"),
        key="settings_that_differ",
    )


def _figures(store: Store, runs: Sequence[Run]) -> None:
    table = figures_table(runs, [history(store, run) for run in runs], letters(runs))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{_('What came out')}**",
            help=_("On each run's test images. Empty until a run is finished; validation is known before."),
            width="stretch",
        )
        csv_button(lambda: table, file="kdviz-figures", key="figures_csv", label="CSV", small=True)
    ends = [_ends(*row) for row in table[["Agreement, low", "Agreement, high"]].to_numpy(float)]
    shown = table.assign(
        **{
            name: 100 * table[name] for name in ("Validation", "Accuracy", "Same answer", "Calibration error")
        },
        **{"95 %": pd.Series(ends, table.index)},
    )
    columns = ["Run", "Arm", "State", "Validation", "Accuracy", "Agreement", "95 %", "Same answer", "KL"]
    columns += ["Calibration error", "Images"]
    number = st.column_config.NumberColumn
    st.dataframe(
        shown[columns].round(
            {
                **dict.fromkeys(("Validation", "Accuracy", "Same answer", "Calibration error"), 1),
                **dict.fromkeys(("Agreement", "KL"), 2),
            }
        ),
        hide_index=True,
        height="content",
        placeholder="–",
        column_config={
            "Run": st.column_config.TextColumn(_("Run"), pinned=True),
            "Arm": st.column_config.TextColumn(_("Arm")),
            "State": None if all(run.state == "finished" for run in runs) else _("State"),
            "Validation": number(
                _("Validation"), format="%.1f %%", help=_("Newest accuracy on validation images.")
            ),
            "Accuracy": number(
                _("Accuracy"),
                format="%.1f %%",
                help=_("Test images named correctly; with the cue broken, where there is one."),
            ),
            "Agreement": number(
                _("Agreement"),
                format="%.2f",
                help=_("Grad-CAM cosine with the run's own teacher, corrected: 0 is chance, 1 the same map."),
            ),
            "95 %": st.column_config.TextColumn(help=_("Bootstrap over test images.")),
            "Same answer": number(
                _("Same answer"),
                format="%.1f %%",
                help=_("Fidelity: test images with the teacher's own answer."),
            ),
            "KL": number(
                _("KL from the teacher"),
                format="%.2f",
                help=_(
                    "How far the answers' probabilities are from the teacher's: 0 where they are the same."
                ),
            ),
            "Calibration error": number(
                _("Calibration error"),
                format="%.1f %%",
                help=_(
                    "How far confidence is from the share of answers that are right: 0 where they are the "
                    "same."
                ),
            ),
            "Images": number(
                _("Images"), format="localized", help=_("Test images on which agreement is defined.")
            ),
        },
        alt=_("Final figures, a row for each run and arm"),
        key="figures_compared",
    )


def _effects(store: Store, runs: Sequence[Run]) -> None:
    """Student − twin in each run, image by image."""
    with_twin = [run for run in runs if run.results is not None and "twin" in run.config.arms]
    if not with_twin:
        return
    heading = st.container(horizontal=True, vertical_alignment="center")
    found = paired_differences(store, with_twin)
    table = effects_table([found.get(run.id) for run in runs], letters(runs))
    with heading:
        st.markdown(
            f"**{_('What λ did: student − twin')}**",
            help=_(
                "Both networks on the same test images: the mean difference with its 95 % paired bootstrap "
                "interval. One run is one seed."
            ),
            width="stretch",
        )
        if len(table):
            csv_button(lambda: table, file="kdviz-student-twin", key="effects_csv", label="CSV", small=True)
    if not len(table):
        return
    shown = pd.DataFrame(
        {
            "Run": table["Run"],
            "Agreement": table["Agreement"].round(2),
            "Agreement, 95 %": [
                _ends(*row) for row in table[["Agreement, low", "Agreement, high"]].to_numpy()
            ],
            "Verdict": table["Verdict"],
            "Accuracy": (100 * table["Accuracy"]).round(1),
            "Accuracy, 95 %": [
                _ends(*row, digits=1)
                for row in 100 * table[["Accuracy, low", "Accuracy, high"]].to_numpy(float)
            ],
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        column_config={
            "Run": st.column_config.TextColumn(_("Run"), pinned=True),
            "Agreement": st.column_config.NumberColumn(_("Agreement"), format="%+.2f"),
            "Agreement, 95 %": st.column_config.TextColumn("95 %"),
            "Verdict": st.column_config.TextColumn(_("Agreement is")),
            "Accuracy": st.column_config.NumberColumn(_("Accuracy, points"), format="%+.1f"),
            "Accuracy, 95 %": st.column_config.TextColumn("95 %"),
        },
        alt=_("Student less twin in each run: agreement and accuracy, with intervals"),
        key="effects_compared",
    )


def _final(result: ArmResult | None) -> dict[str, float | None]:
    """An arm's figures on the test set; all empty where there are none yet."""
    result = result or ArmResult(0, math.nan)
    return {
        "Accuracy": result.accuracy,
        "Agreement": result.cosine.corrected,
        "Agreement, low": result.cosine.low,
        "Agreement, high": result.cosine.high,
        "Raw": result.cosine.raw,
        "Chance": result.cosine.chance,
        "Same answer": result.fidelity,
        "KL": result.fidelity_kl,
        "Calibration error": result.calibration_error,
        "Images": result.cosine.n or None,
    }


def _ends(low: float, high: float, *, digits: int = 2) -> str | None:
    if not math.isfinite(low):
        return None
    ends = (decimal(end, f"z.{digits}f") for end in (low, high))
    return _("{low} to {high}").format(**dict(zip(("low", "high"), ends, strict=True)))


# --- curves -------------------------------------------------------------------------------------


def _curves(store: Store, runs: Sequence[Run]) -> None:
    """Both charts; drawn again by themselves while a run is being trained."""
    arms = _arms(runs)
    if not arms:
        st.caption(_("Choose an arm to see its curves."))
        return

    @st.fragment(run_every=_EVERY_S if any(run.live for run in runs) else None)
    def charts() -> None:
        measured = [history(store, run) for run in runs]
        ids, names = tuple(run.id for run in runs), tuple(run.title for run in runs)
        drawn = _drawn(ids, names, tuple(map(len, measured)), arms, language(), measured)
        with st.grid(2, min_column_width=320, gap="medium"):
            for name, each in drawn.items():
                chart(each, key=f"overlaid_{name}", file=f"kdviz-{name}-compared")

    charts()
    st.caption(
        _("Colour and marker are the run's, as above; the line is the arm's: {lines}.").format(
            lines=dash_legend(arms)
        )
    )


def _arms(runs: Sequence[Run]) -> tuple[Arm, ...]:
    """Whose curves are drawn; in the URL by their names."""
    offered = [arm for arm in ARMS if any(arm in run.config.arms for run in runs)]
    default = [arm for arm in offered if arm in ("student", "twin")]
    asked = url_state.requested_list("arms")
    if asked is not None or _ARMS not in st.session_state:
        st.session_state[_ARMS] = [arm for arm in offered if arm in (asked or ())] or default
    st.session_state[_ARMS] = [arm for arm in st.session_state[_ARMS] if arm in offered]
    st.segmented_control(
        _("Curves of"),
        offered,
        selection_mode="multi",
        format_func=lambda arm: ARM_STYLES[arm].label,
        key=_ARMS,
        on_change=url_state.ignore_pending,
    )
    chosen = [arm for arm in offered if arm in st.session_state[_ARMS]]
    url_state.write("arms", "" if chosen == default else ",".join(chosen))
    return tuple(chosen)


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(
    ids: tuple[str, ...],
    names: tuple[str, ...],
    versions: tuple[int, ...],
    arms: tuple[Arm, ...],
    spoken: str,
    _measured: Sequence[Sequence[Measured]],
) -> dict[str, Drawn]:
    """Drawn once for all who watch: `versions` says how many numbers each run has."""
    infos = {
        "accuracy": run_curves_info([accuracy_info(each) for each in _measured], names, arms),
        "agreement": run_curves_info([agreement_info(each) for each in _measured], names, arms),
    }
    return {name: Drawn(info, run_curves_figure(info), run_curves_alt(info)) for name, info in infos.items()}
