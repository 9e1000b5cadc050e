"""The lessons of the Learn page, one a file: a few sentences, a control, a picture, often of a chosen run."""

from kdviz.ui.learn.lessons import LESSONS, LessonAlone, choose_lesson, lesson_body, lesson_body_alone

__all__ = ["LESSONS", "LessonAlone", "choose_lesson", "lesson_body", "lesson_body_alone"]
