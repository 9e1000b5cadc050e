"""The registry of data sets."""

from __future__ import annotations

from typing import Any

from kdviz.clip_seconds import OWN_SOUNDS
from kdviz.datasets import opening
from kdviz.datasets.counts import files_counted
from kdviz.lazy import deferred
from kdviz.types import OWN_TEXTS, DatasetSpec, OwnFiles

_FULL_SIZE = {
    "teacher": "resnet20",
    "teacher_width": 1.0,
    "teacher_epochs": 15,
    "student": "resnet8",
    "student_width": 1.0,
    "epochs": 15,
    "batch_size": 128,
}

_LITE = {"teacher": "resnet8-lite", "teacher_width": 1.0, "student": "resnet8-lite", "student_width": 0.5}

_TEXT_CNN = {
    "teacher": "text-cnn",
    "teacher_width": 4.0,
    "student": "text-cnn",
    "student_width": 1.0,
    "learning_rate": 0.01,
}

_SENTENCES: dict[str, Any] = {
    "source": "Kotzias et al. 2015, Sentiment Labelled Sentences, doi:10.24432/C57604; CC BY 4.0",
    "input_shape": (1, 48),
    "classes": 2,
    "modality": "text",
    "recipe": {**_TEXT_CNN, "train_count": 300, "epochs": 25, "batch_size": 32, "teacher_epochs": 8},
}

_REVIEWS: dict[str, Any] = {
    "source": "Kaushik, Hovy & Lipton 2020, arXiv:1909.12434; Apache License 2.0",
    "input_shape": (1, 128),
    "classes": 2,
    "modality": "text",
    "object_masks": True,
    "recipe": {**_TEXT_CNN, "train_count": 200, "epochs": 30, "batch_size": 32, "teacher_epochs": 20},
}

_SOUNDS = {
    **_LITE,
    "epochs": 20,
    "batch_size": 32,
    "teacher_epochs": 30,
    "explanation_loss": "class-attention",
    "explanation_weight": 10.0,
}

DATASETS: dict[str, DatasetSpec] = {
    "fashion-mnist-mini": DatasetSpec(
        name="fashion-mnist-mini",
        label="Fashion-MNIST mini",
        about="8,000 greyscale images of clothes in ten classes, packaged with kdviz.",
        load=deferred("kdviz.datasets.fashion:load_mini"),
        source="Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747; MIT licence, Zalando SE",
        input_shape=(1, 28, 28),
        classes=10,
        counts=(6_000, 2_000),
        recipe={
            "train_count": 2000,
            "epochs": 12,
            "batch_size": 64,
            **_LITE,
            "teacher_width": 2.0,
            "teacher_epochs": 12,
        },
    ),
    "shapes": DatasetSpec(
        name="shapes",
        label="Shapes",
        about="8,000 generated images of eight shapes, with exact object masks.",
        load=deferred("kdviz.datasets.shapes:load_shapes"),
        source="generated",
        input_shape=(3, 32, 32),
        classes=8,
        counts=(6_000, 2_000),
        object_masks=True,
        recipe={
            "train_count": 1000,
            "epochs": 20,
            "batch_size": 64,
            **_LITE,
            "teacher_epochs": 8,
        },
    ),
    "flowers": DatasetSpec(
        name="flowers",
        label="Flowers",
        about="1,000 photographs of five kinds of flowers, 128 px, packaged with kdviz.",
        load=deferred("kdviz.datasets.packaged_jpegs:load_flowers"),
        source="TensorFlow's flower photos, from Flickr; CC BY 2.0, photographers named in the package",
        input_shape=(3, 128, 128),
        classes=5,
        counts=(750, 250),
        recipe={"train_count": 250, "epochs": 20, "batch_size": 32, **_LITE, "teacher_epochs": 30},
    ),
    "blood-cells": DatasetSpec(
        name="blood-cells",
        label="Blood cells",
        about="990 microscope images of white cells, platelets, or red cells alone (no white cell and no "
        "platelet), 96 px, with boxes around most cells, packaged with kdviz.",
        load=deferred("kdviz.datasets.packaged_jpegs:load_blood_cells"),
        source="BCCD, shenggan 2017, github.com/Shenggan/BCCD_Dataset; MIT licence",
        input_shape=(3, 96, 96),
        classes=3,
        counts=(674, 316),
        object_masks=True,
        masks_note="Some red cells and platelets have no box in BCCD: evidence on one of these counts as "
        "beside the object.",
        recipe={"train_count": 64, "epochs": 60, "batch_size": 32, **_LITE, "teacher_epochs": 30},
    ),
    "sentiment": DatasetSpec(
        name="sentiment",
        label="Sentiment",
        about="2,982 English sentences that praise or complain, from reviews of products, films and "
        "restaurants, packaged with kdviz.",
        load=deferred("kdviz.datasets.packaged_texts:load_sentiment"),
        counts=(2_382, 600),
        **_SENTENCES,
    ),
    "sentiment-films": DatasetSpec(
        name="sentiment-films",
        label="Sentiment, films unseen",
        about="The sentences of Sentiment by domain: trained on reviews of products and restaurants, tested "
        "on reviews of films.",
        load=deferred("kdviz.datasets.packaged_texts:load_sentiment_films"),
        counts=(1_985, 997),
        **_SENTENCES,
    ),
    "bank-intents": DatasetSpec(
        name="bank-intents",
        label="Bank questions",
        about="2,080 questions of customers to a bank, by what they are about, in ten classes, packaged with "
        "kdviz.",
        load=deferred("kdviz.datasets.packaged_texts:load_bank_intents"),
        source="Casanueva et al. 2020, arXiv:2003.04807, Banking77, its ten largest intents; CC BY 4.0",
        input_shape=(1, 48),
        classes=10,
        counts=(1_680, 400),
        modality="text",
        recipe={**_TEXT_CNN, "train_count": 400, "epochs": 25, "batch_size": 32, "teacher_epochs": 15},
    ),
    "counterfactual-reviews": DatasetSpec(
        name="counterfactual-reviews",
        label="Pairs of reviews",
        about="Short film reviews in pairs that say the opposite, with the words that a person changed, "
        "packaged with kdviz.",
        load=deferred("kdviz.datasets.packaged_texts:load_counterfactual_reviews"),
        counts=(675, 166),
        **_REVIEWS,
    ),
    "original-reviews": DatasetSpec(
        name="original-reviews",
        label="Reviews as written",
        about="Pairs of reviews apart: trained and tested on reviews as written, without those that a person "
        "revised to say the opposite.",
        load=deferred("kdviz.datasets.packaged_texts:load_original_reviews"),
        counts=(338, 83),
        **_REVIEWS,
    ),
    "revised-reviews": DatasetSpec(
        name="revised-reviews",
        label="Reviews, revised ones unseen",
        about="Pairs of reviews apart: trained on reviews as written, tested on others that a person revised "
        "to say the opposite.",
        load=deferred("kdviz.datasets.packaged_texts:load_revised_reviews"),
        counts=(338, 83),
        **_REVIEWS,
    ),
    "speech-commands-mini": DatasetSpec(
        name="speech-commands-mini",
        label="Spoken words",
        about="1,400 recordings of ten English words, a second each, by volunteers, packaged with kdviz.",
        load=deferred("kdviz.datasets.packaged_sounds:load_speech_commands_mini"),
        source="Warden 2018, Speech Commands, arXiv:1804.03209; CC BY 4.0",
        input_shape=(1, 40, 100),
        classes=10,
        counts=(1_000, 400),
        validation_count=200,
        modality="audio",
        object_masks=True,
        masks_note="The word is where a clip is clearly louder than its background; no person has marked it.",
        recipe={**_SOUNDS, "train_count": 400},
    ),
    "fashion-mnist": DatasetSpec(
        name="fashion-mnist",
        label="Fashion-MNIST",
        about="70,000 greyscale images of clothes in ten classes, downloaded once (31 MB).",
        load=deferred("kdviz.datasets.fashion:load_full"),
        source="Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747; MIT licence, Zalando SE",
        input_shape=(1, 28, 28),
        classes=10,
        counts=(60_000, 10_000),
        recipe=_FULL_SIZE,
        downloads=True,
    ),
    "cifar10": DatasetSpec(
        name="cifar10",
        label="CIFAR-10",
        about="60,000 small colour photographs in ten classes, downloaded once (170 MB).",
        load=deferred("kdviz.datasets.cifar:load_cifar10"),
        source="Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images; no licence stated",
        input_shape=(3, 32, 32),
        classes=10,
        counts=(50_000, 10_000),
        recipe=_FULL_SIZE,
        downloads=True,
    ),
    "cifar100": DatasetSpec(
        name="cifar100",
        label="CIFAR-100",
        about="60,000 small colour photographs in a hundred classes, downloaded once (169 MB).",
        load=deferred("kdviz.datasets.cifar:load_cifar100"),
        source="Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images; no licence stated",
        input_shape=(3, 32, 32),
        classes=100,
        counts=(50_000, 10_000),
        recipe=_FULL_SIZE,
        downloads=True,
    ),
    "folder": DatasetSpec(
        name="folder",
        label="Your own images",
        about="A folder or zip with one folder of images for each class, or with a CSV of labels; or a "
        "MedMNIST .npz.",
        load=deferred("kdviz.datasets.folder:load_folder"),
        source="your files",
        input_shape=None,
        classes=None,
        object_masks=None,
        own_files=OwnFiles(
            opening.NO_FILES, files_counted, opening.fingerprint, masked=opening.files_have_regions
        ),
        recipe={**_FULL_SIZE, "batch_size": 64},
    ),
    OWN_TEXTS: DatasetSpec(
        name=OWN_TEXTS,
        label="Your own texts",
        about="A CSV, TSV or JSON Lines file with a column of texts and one of labels, or a folder or zip "
        "with one folder of .txt files for each class; at least 3 texts of each class.",
        load=deferred("kdviz.datasets.text_file:load_text_file"),
        source="your files",
        input_shape=(1, 128),
        classes=None,
        modality="text",
        object_masks=None,
        own_files=OwnFiles(
            "data: the data set 'text-file' needs a CSV, TSV or JSON Lines file, or a folder or zip of .txt "
            "files. Give its path.",
            counted=deferred("kdviz.datasets.text_file:texts_counted"),
            fingerprint=deferred("kdviz.datasets.text_file:texts_fingerprint"),
            readable=deferred("kdviz.datasets.text_file:texts_readable"),
            masked=deferred("kdviz.datasets.text_file:texts_have_rationales"),
            warned=deferred("kdviz.datasets.text_file:texts_warnings"),
        ),
        recipe={**_TEXT_CNN, "epochs": 15, "batch_size": 32, "teacher_epochs": 8},
    ),
    OWN_SOUNDS: DatasetSpec(
        name=OWN_SOUNDS,
        label="Your own sounds",
        about="A folder or zip with one folder of sound files for each class, or with a CSV of labels; "
        "the same length is heard of each, from 0.5 to 4 s.",
        load=deferred("kdviz.datasets.sound_folder:load_audio_folder"),
        source="your files",
        input_shape=(1, 40, 100),
        classes=None,
        modality="audio",
        own_files=OwnFiles(
            opening.NO_SOUNDS,
            counted=deferred("kdviz.datasets.sound_folder:sounds_counted"),
            fingerprint=deferred("kdviz.datasets.sound_folder:sounds_fingerprint"),
        ),
        recipe=_SOUNDS,
    ),
}
