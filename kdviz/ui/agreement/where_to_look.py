"""Where should it look? Training inputs on which a visitor marks what the student should look at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from kdviz.comparison import TrainingImage, TrainingTriage
from kdviz.datasets import CUES, Marks, class_name
from kdviz.errors import DataError, KdvizError, StoreError
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import has_unknown_words, words_key
from kdviz.language import _, percentage, plural, sentences
from kdviz.store import Run, Store
from kdviz.ui.agreement.clip_to_mark import whole_columns
from kdviz.ui.agreement.draft_marks import DraftMarks
from kdviz.ui.agreement.mask_painter import mask_from_text, mask_painter
from kdviz.ui.agreement.picture_to_mark import picture_tile, picture_to_mark
from kdviz.ui.agreement.pictures_to_mark import pictures_to_mark
from kdviz.ui.agreement.retraining import retraining
from kdviz.ui.agreement.text_to_mark import text_tile, text_to_mark
from kdviz.ui.agreement.word_marker import word_marker
from kdviz.ui.frame import url_state
from kdviz.ui.frame.errors import errors, fragment, safely
from kdviz.ui.frame.scroll import scroll_to
from kdviz.ui.frame.shell import no_snapshot
from kdviz.ui.widgets.parent_run import MARKING
from kdviz.ui.widgets.waveform_maps import students_read_samples, without_frequency

_AT_A_TIME = 10
_OPEN, _FIRST, _SHOWN, _VERSION, _REFUSED, _DELETED = (
    f"marking_{name}" for name in ("open", "first", "shown", "version", "refused", "deleted")
)

_HIDDEN = 0.5
"""From this share of the object below the cue on, a picture's title says so: nobody could be right on it."""


@fragment
def where_to_look(store: Store, run: Run) -> None:
    """An expander; nothing is computed while it is closed."""
    drawer = st.expander(
        _("Where should it look?"),
        icon=":material/draw:",
        key=_OPEN,
        on_change="rerun",
        expanded=st.query_params.get(MARKING) == "1",
    )
    if st.query_params.get(MARKING) == "1":  # a link to the marks: the drawer is at the end of the page
        scroll_to(_OPEN, count=url_state.visit())
    if not drawer.open:
        return
    with drawer:
        intro = _("Mark on training pictures what the student should look at, and retrain it on your marks.")
        whole = _("Mark all of what makes a picture its class: every such object, not one of them.")
        st.markdown(sentences(intro, whole, _("Marks are kept on this server for your browser.")))
        try:
            with st.container():  # a bar, a button or nothing: the painter below keeps its place
                triage = pictures_to_mark(store, run, on_all=lambda: _turn(0))
        except StoreError as error:
            no_snapshot(run, error, _("No student of this run has been trained yet."))
            return
        if triage is not None:
            if about := sentences(_about_cue(run), _about_clips(run, triage)):
                st.caption(about)
            marks = _marking(triage, DraftMarks.of(store, run), columns=students_read_samples(run.config))
            retraining(store, run, marks, of=triage.total)


def _marking(triage: TrainingTriage, draft: DraftMarks, *, columns: bool) -> Marks:
    """Draw pictures and painter. columns: whether whole columns are marked. Returns all marks."""
    with st.container():  # its errors come and go: the painter below keeps its place, and so focus and Undo
        known = _marks(draft)
    marks = known or Marks()
    st.caption(sentences(_found(triage), _order(triage)))
    _actions(triage, draft, marks, deletable=known is None or len(marks) > 0)
    with st.container():
        if isinstance(refused := st.session_state.get(_REFUSED), KdvizError):
            errors(refused)
    shown = _page(triage)
    current = _current(shown)
    drawn = partial(_drawn, triage, draft, columns=columns)
    if shown[current].text is not None:
        _words(triage, shown, current, marks, drawn)
    else:
        _paint(triage, shown, current, marks, drawn, columns=columns)
    return marks


def _paint(
    triage: TrainingTriage,
    shown: tuple[TrainingImage, ...],
    current: int,
    marks: Marks,
    on_drawn: Callable[[str, str], None],
    *,
    columns: bool,
) -> None:
    image = shown[current]
    mask_painter(
        picture_to_mark(
            triage,
            image,
            marks.masks.get(image.digest),
            title=_title(triage, image),
            following=_next(shown, current, marks),
            version=int(st.session_state.get(_VERSION, 0)),
            columns=columns,
        ),
        [picture_tile(each, title=_title(triage, each), marked=each.digest in marks.masks) for each in shown],
        on_drawn=on_drawn,
        on_chosen=_choose,
    )
    st.caption(_legend(triage))


def _words(
    triage: TrainingTriage,
    shown: tuple[TrainingImage, ...],
    current: int,
    marks: Marks,
    on_drawn: Callable[[str, str], None],
) -> None:
    image, explainer = shown[current], EXPLAINERS[triage.explainer]
    planted, unknown = _("the planted word"), has_unknown_words(image.text or "")
    st.html(
        words_key(
            signed=explainer.signed,
            before=_("Evidence for what the student predicts:"),
            framed="" if image.planted is None else planted,
            unknown=unknown,
        )
    )
    word_marker(
        text_to_mark(
            triage,
            image,
            marks.masks.get(image.digest),
            title=_title(triage, image),
            following=_next(shown, current, marks),
            version=int(st.session_state.get(_VERSION, 0)),
        ),
        [
            text_tile(
                each,
                number=triage.images.index(each) + 1,
                title=_title(triage, each),
                marked=each.digest in marks.masks,
            )
            for each in shown
        ],
        on_drawn=on_drawn,
        on_chosen=_choose,
    )
    scale = _("{explainer}. Each text has one scale, with full colour at the teacher's strongest word.")
    st.caption(scale.format(explainer=_(explainer.label)))


def _marks(draft: DraftMarks) -> Marks | None:
    """The visitor's marks; None, and a line on the page, if their file is damaged."""
    try:
        return draft.read()
    except DataError as error:
        errors(error)
        return None


def _about_cue(run: Run) -> str:
    if run.config.cue == "none":
        return ""
    if CUES[run.config.cue].variants is None:
        return _("The planted cue is shown as in training.")
    return _("The planted cue is shown as in training; a mark under a patch does not count.")


def _about_clips(run: Run, triage: TrainingTriage) -> str:
    """How a spectrogram is read, and what a mark on it means to students that read the waveform."""
    if triage.images[0].sound is None:
        return ""
    when = ""
    if students_read_samples(run.config):
        when = _("So a mark says when, not at which frequency.")
    below = _("A clip is drawn as a spectrogram: time runs to the right, pitch upwards, bright is loud.")
    return sentences(below, without_frequency(run.config), when)


# --- what there is ------------------------------------------------------------------------------


def _found(triage: TrainingTriage) -> str:
    """On how many of the training pictures the student errs, and how many of them are listed."""
    form = _("Of the first {count} of {total} training pictures the student gets {wrong} wrong.")
    if triage.explained == triage.total:
        form = _("Of all {total} training pictures the student gets {wrong} wrong.")
    errs = form.format(count=f"{triage.explained:,}", total=f"{triage.total:,}", wrong=f"{triage.wrong:,}")
    listed_only = _("Listed are the {count} worst.").format(count=len(triage.images))
    return sentences(errs, listed_only if len(triage.images) < triage.explained else "")


def _order(triage: TrainingTriage) -> str:
    if triage.by_mask:
        return _("Worst first: wrong answers, then pictures with the least evidence on the object.")
    return _("Worst first: wrong answers, then maps that are least like the teacher's.")


def _legend(triage: TrainingTriage) -> str:
    return _(
        "{explainer}, evidence for what the student predicts, positive part, on one scale: full colour is "
        "the teacher's maximum."
    ).format(explainer=_(EXPLAINERS[triage.explainer].label))


def _actions(triage: TrainingTriage, draft: DraftMarks, marks: Marks, *, deletable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        count = plural("{count} picture is marked", "{count} pictures are marked", len(marks))
        of_run = _("those that this run was trained on") if marks and draft.untouched else ""
        st.markdown(f"**{count}**{of_run and f' · {of_run}'}", width="stretch")
        if missing := len({*triage.own_masks.masks} - {*marks.masks}):
            st.button(
                plural(
                    "Use the mask from the data: {count} picture",
                    "Use the masks from the data: {count} pictures",
                    missing,
                ),
                icon=":material/frame_inspect:",
                key="marking_own",
                help=_("For all training pictures that you have not marked yourself."),
                on_click=safely(_replace),
                args=(draft, triage.own_masks.merged(marks)),
            )
        deleted = st.session_state.get(_DELETED, {}).get(draft.run_id)
        if deleted and not marks:
            st.button(
                _("Bring the deleted marks back"),
                icon=":material/undo:",
                type="tertiary",
                key="marking_restore",
                on_click=safely(_replace),
                args=(draft, deleted),
            )
            return
        st.button(
            _("Delete all marks"),
            icon=":material/delete:",
            type="tertiary",
            key="marking_delete",
            on_click=safely(_delete),
            args=(draft, marks),
            disabled=not deletable,  # always there, so that the picture does not move under the hand
        )


def _page(triage: TrainingTriage) -> tuple[TrainingImage, ...]:
    """Ten pictures, with buttons for the ten before and after them."""
    images = triage.images
    first = min(int(st.session_state.get(_FIRST, 0)), (len(images) - 1) // _AT_A_TIME * _AT_A_TIME)
    last = min(first + _AT_A_TIME, len(images))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            _("Ten before"),
            icon=":material/chevron_left:",
            key="marking_before",
            disabled=first == 0,
            on_click=safely(_turn),
            args=(first - _AT_A_TIME,),
        )
        st.button(
            _("Ten more"),
            icon=":material/chevron_right:",
            key="marking_after",
            disabled=last == len(images),
            on_click=safely(_turn),
            args=(last,),
        )
        st.caption(
            _("{first} to {last} of the {count} listed, worst first").format(
                first=first + 1, last=last, count=len(images)
            )
        )
    return images[first:last]


def _current(shown: tuple[TrainingImage, ...]) -> int:
    """The place of the picture that is drawn on, among those in the strip."""
    chosen = st.session_state.get(_SHOWN)
    return next((place for place, image in enumerate(shown) if image.digest == chosen), 0)


def _next(shown: tuple[TrainingImage, ...], current: int, marks: Marks) -> str:
    """The next picture without a mark, else the next; "" after the only one."""
    others = [image.digest for image in (*shown[current + 1 :], *shown[:current])]
    return next((name for name in others if name not in marks.masks), others[0] if others else "")


def _title(triage: TrainingTriage, image: TrainingImage) -> str:
    """Its place in the list of the worst, and its class."""
    title = _("Picture {number} of {count}, worst first: {label}").format(
        number=triage.images.index(image) + 1,
        count=len(triage.images),
        label=class_name(triage.classes, image.label),
    )
    if not image.covered >= _HIDDEN:
        return title
    hidden = _("the cue covers {share} of the object").format(share=percentage(image.covered))
    return f"{title} · {hidden}"


# --- what the visitor does ----------------------------------------------------------------------


def _drawn(triage: TrainingTriage, draft: DraftMarks, name: str, text: str, *, columns: bool) -> None:
    """Keep a mask that was drawn. What is refused leaves the marks as they are, and a line on the page."""
    try:
        if name not in {image.digest for image in triage.images}:
            raise DataError("marks: the picture is not one of this run's. Reload the page.")
        height, width = triage.size
        mask = mask_from_text(text, (1 if columns else height, width))
        draft.keep(draft.read().with_mask(name, whole_columns(mask, triage.size)))
        st.session_state[_REFUSED] = None
    except KdvizError as error:
        st.session_state[_REFUSED] = error


def _choose(name: str) -> None:
    st.session_state[_SHOWN] = name


def _turn(first: int) -> None:
    st.session_state[_FIRST] = first


def _delete(draft: DraftMarks, marks: Marks) -> None:
    """Delete these marks, all there are; they can be brought back while the session lasts."""
    _replace(draft, Marks())
    st.session_state[_DELETED] = {draft.run_id: marks}


def _replace(draft: DraftMarks, marks: Marks) -> None:
    try:
        draft.keep(marks)
        st.session_state[_REFUSED] = None
    except KdvizError as error:
        st.session_state[_REFUSED] = error
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
