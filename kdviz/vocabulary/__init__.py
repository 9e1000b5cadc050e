"""Words of a text, and the number and the vector of each word.

The vocabulary is fixed and packaged: the 20,000 most frequent words of GloVe, and buckets that all other
words are hashed into, in any language. So networks of different data sets share it, and a text typed later
has the same numbers as in training.
"""

from typing import TYPE_CHECKING

from kdviz.lazy import export_lazily

if TYPE_CHECKING:
    from kdviz.vocabulary.numbers import (
        BUCKETS,
        PAD,
        VOCABULARY_SIZE,
        is_known,
        is_mostly_unknown,
        unknown_share,
        word_numbers,
    )
    from kdviz.vocabulary.spelling import SPELLED, spelled, unspelled
    from kdviz.vocabulary.vectors import VECTOR_LENGTH, word_vectors
    from kdviz.vocabulary.words import Word, words_of

export_lazily(__name__)
