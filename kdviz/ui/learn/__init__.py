"""The lessons of the Learn page, one a file: a few sentences, a control, a picture of the chosen run."""

from kdviz.ui.learn.lessons import LESSONS, choose_lesson, lesson_body

__all__ = ["LESSONS", "choose_lesson", "lesson_body"]
