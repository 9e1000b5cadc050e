"""The Learn page: one file per lesson."""

from kdviz.ui.learn.lessons import LESSONS, Lesson, choose_lesson, show_lesson

__all__ = ["LESSONS", "Lesson", "choose_lesson", "show_lesson"]
