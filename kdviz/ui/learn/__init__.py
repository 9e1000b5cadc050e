"""The Learn page: lessons, one a file."""

from kdviz.ui.learn.lessons import LESSONS, Lesson, choose_lesson, show_lesson

__all__ = ["LESSONS", "Lesson", "choose_lesson", "show_lesson"]
