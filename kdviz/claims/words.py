"""Claims about explanations of texts, word by word."""

from __future__ import annotations

from kdviz.claims.claim import Claim, Contrast, Side, below, within
from kdviz.claims.settings import NEGLIGIBLE, STUDENT, TWIN

WORDS: dict[str, Claim] = {
    "word-attributions": Claim(
        name="word-attributions",
        label="Matching attributions of words helps a student",
        question="Does matching attributions of words help a student?",
        paper="Wu et al. 2023",
        about="A student that matches how much each word contributes to its teacher's answer is more "
        "accurate than one that is trained on the answers alone.",
        source="Wu et al. 2023, arXiv:2305.10010",
        published="Better than several earlier methods on GLUE; the abstract has no figure.",
        basis="abstract",
        test="300 sentences of reviews without a cue. The student, which matches input × gradient of each "
        "word, against its twin at λ = 0, and against its placebo, which matches that of other "
        "sentences.",
        limits="Small networks over fixed vectors of words instead of BERT, and input × gradient of the "
        "logit where the paper has integrated gradients of all classes.",
        contrasts=(
            Contrast("Accuracy", Side(STUDENT), Side(TWIN, arm="twin")),
            Contrast(
                "Accuracy",
                Side("student, attributions of the same sentences"),
                Side("placebo, attributions of other sentences", arm="placebo"),
            ),
        ),
        settings={
            "dataset": "sentiment",
            "explanation_loss": "input-x-gradient",
            "arms": ["student", "twin", "placebo"],
        },
    ),
    "shortcut-word": Claim(
        name="shortcut-word",
        label="Whether a shortcut is found depends on the explainer",
        question="Does it depend on the explainer whether a shortcut is found?",
        paper="Bastings et al. 2022",
        about="If a text classifier relies on a planted word, some explainers nearly always rank that word "
        "first, and others hardly ever do.",
        source="Bastings et al. 2022, arXiv:2111.07367",
        published="Some of the most popular methods do poorly even on simple shortcuts, and one that is "
        "thought too simple works very well for BERT; the abstract has no figure.",
        basis="abstract",
        test="300 sentences of reviews with a planted word that tells the class, true labels only. In 100 "
        "test sentences with a helpful word: how often does the map of the network's own answer rank it "
        "first?",
        limits="Small networks over fixed vectors of words instead of BERT. Saliency is the largest "
        "component of a word's gradient, where the paper takes its norm. Which explainer is ahead was seen "
        "at seed 100, which is not among these.",
        contrasts=(
            Contrast(
                "Planted word ranked first, network of convolutions",
                Side("input × gradient", "found_by_input_x_gradient", "scratch", "convolutions"),
                Side("saliency", "found_by_saliency", "scratch", "convolutions"),
            ),
            Contrast(
                "Planted word ranked first, LSTM",
                Side("integrated gradients", "found_by_integrated_gradients", "scratch", "LSTM"),
                Side("input × gradient", "found_by_input_x_gradient", "scratch", "LSTM"),
            ),
            Contrast(
                "Planted word ranked first, LSTM, compared to chance",
                Side("saliency", "found_by_saliency", "scratch", "LSTM"),
                Side("a random word", "found_by_chance", "scratch", "LSTM"),
                claimed=below(NEGLIGIBLE),
            ),
        ),
        settings={
            "dataset": "sentiment", "cue": "marker-word", "explanation_weight": 0.0,
            "arms": ["student", "scratch"],
        },
        conditions={"convolutions": {"student": "text-cnn"}, "LSTM": {"student": "bilstm"}},
    ),
    "attention-explains": Claim(
        name="attention-explains",
        label="Attention is not explanation",
        question="Is attention an explanation?",
        paper="Jain & Wallace 2019",
        about="Where a text classifier attends tells less about which words its answer depends on than "
        "gradients do, and other attention gives the same answer.",
        source="Jain & Wallace 2019, arXiv:1902.10186",
        published="Attention agrees less with the effect of leaving a word out than gradients do, and on "
        "many data sets the output hardly changes when attention is shuffled; no figure at hand.",
        basis="memory",
        test="1,000 sentences of reviews, true labels only. Of the words of 100 test sentences: does "
        "attention, or input × gradient, rank them as the effect of removing them does? And how accurate is "
        "the network on all test sentences when its attention is shuffled among the words of each?",
        limits="A transformer of two blocks instead of one layer of attention over an LSTM. Only the "
        "attention of the last block is tested, and its words have been mixed by the first.",
        contrasts=(
            Contrast(
                "Rank agreement with removal of the word",
                Side("input × gradient", "left_out_rank_of_input_x_gradient", "scratch"),
                Side("attention", "left_out_rank_of_attention", "scratch"),
            ),
            Contrast(
                "Accuracy",
                Side("attention as learned", arm="scratch"),
                Side("attention shuffled", "shuffled_accuracy", "scratch"),
                claimed=within(NEGLIGIBLE),
            ),
        ),
        settings={
            "dataset": "sentiment", "student": "text-transformer", "train_count": 1000,
            "explanation_weight": 0.0, "arms": ["student", "scratch"],
        },
    ),
    "revised-reviews": Claim(
        name="revised-reviews",
        label="What is learnt from reviews as written fails on revised ones",
        question="Does what is learnt from reviews as written hold on revised ones?",
        paper="Kaushik et al. 2020",
        about="A network that is trained on reviews as they were written is much less accurate on reviews "
        "that a person revised, with few words changed, to say the opposite.",
        source="Kaushik, Hovy & Lipton 2020, arXiv:1909.12434",
        published="55.7 % instead of 79.3 % for a bidirectional LSTM on film reviews.",
        basis="memory",
        test="282 film reviews as written, true labels only. Accuracy on 83 others as written, and on what a "
        "person made of the same 83.",
        limits="A small network of convolutions over fixed vectors of words, and few texts to test on: one "
        "is 1.2 points, and the interval is over seeds alone.",
        contrasts=(
            Contrast(
                "Accuracy",
                Side("reviews as written", arm="scratch", condition="as written"),
                Side("revised reviews", arm="scratch", condition="revised"),
                published=(0.236, 0.236),
            ),
        ),
        settings={
            "train_count": 282, "student_width": 4.0, "explanation_weight": 0.0,
            "arms": ["student", "scratch"],
        },
        conditions={
            "as written": {"dataset": "original-reviews"}, "revised": {"dataset": "revised-reviews"},
        },
    ),
}  # fmt: skip
