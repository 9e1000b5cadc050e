"""Claims about explanations of sounds, moment by moment."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side
from kdviz.claims.settings import STUDENT, TWIN, Settings

_WORDS: Settings = {"dataset": "speech-commands-mini", "arms": ["student", "twin"]}

SOUNDS: dict[str, Claim] = {
    "time-maps": Claim(
        name="time-maps",
        label="Maps over time find the spoken word",
        question="Do maps over time find the spoken word?",
        paper="Bolaños et al. 2025",
        about="The map of a network that recognizes spoken words shows when the word is spoken.",
        source="Bolaños et al. 2025, arXiv:2506.04391; against Shen et al. 2025, arXiv:2505.16406",
        published="“In some cases, close to perfect explanations”, by methods that need no gradients. "
        "Against that, usual attribution is “generally unreliable” for speech, unless whole words are "
        "masked. Integrated gradients are highest at the right time in 82.6 % of synthetic household "
        "sounds (Dumpis & Virtanen 2026, arXiv:2605.23293).",
        basis="abstract",
        test="400 clips of ten words, default settings. Is the student's map, added up over frequency, "
        "highest while the word is spoken, more often than before training? And is more of its evidence "
        "there than of the maps of other clips? The word is where a clip is clearly louder than its "
        "background.",
        limits="A clip has little but its word, and words are in the middle of most clips: even before "
        "training maps are highest on the word in most clips, and maps of other clips are on it more than an "
        "even spread is.",
        contrasts=(
            Contrast(
                "Brightest moment on the word, Grad-CAM",
                Side("the trained student", "word_hit_grad_cam"),
                Side("the untrained student", "word_hit_grad_cam_untrained"),
            ),
            Contrast(
                "Brightest moment on the word, integrated gradients",
                Side("the trained student", "word_hit_integrated_gradients"),
                Side("the untrained student", "word_hit_integrated_gradients_untrained"),
            ),
            Contrast(
                "Share of the evidence on the word, Grad-CAM",
                Side("the map of the clip", "word_share_grad_cam"),
                Side("maps of other clips", "word_share_grad_cam_other"),
            ),
            Contrast(
                "Share of the evidence on the word, integrated gradients",
                Side("the map of the clip", "word_share_integrated_gradients"),
                Side("maps of other clips", "word_share_integrated_gradients_other"),
            ),
        ),
        settings=_WORDS,
    ),
    "taught-time": Claim(
        name="taught-time",
        label="Matching maps teaches when to listen",
        question="Does matching maps teach when to listen?",
        about="A student that matches its teacher's maps has more of its evidence on the spoken word than "
        "one that learns from its teacher's answers alone.",
        source="the claim is ours",
        published="Not reported.",
        basis="none",
        test="400 clips of ten words, default settings: class attention, λ = 10. The student against its "
        "twin at λ = 0: the share of the positive evidence over time that falls on the word.",
        limits="The teacher has not all of its evidence on the word either.",
        contrasts=(
            Contrast(
                "Share of the evidence on the word, Grad-CAM",
                Side(STUDENT, "word_share_grad_cam"),
                Side(TWIN, "word_share_grad_cam", "twin"),
            ),
            Contrast(
                "Share of the evidence on the word, integrated gradients",
                Side(STUDENT, "word_share_integrated_gradients"),
                Side(TWIN, "word_share_integrated_gradients", "twin"),
            ),
        ),
        settings=_WORDS,
    ),
}  # fmt: skip
