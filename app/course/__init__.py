"""The course as data: `load` reads the folder `course/` into frozen values, without database or page."""

from app.course.loader import load
from app.course.problems import CourseInvalid, Problem
from app.course.values import Course

__all__ = ["Course", "CourseInvalid", "Problem", "load"]
