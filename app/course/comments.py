"""Reads `course/capstones/<slug>/comments.toml`: comments that every reviewer finds beside a criterion."""

from app.course.tables import Folder, Table
from app.course.values import Comment, Rubric

LONGEST = 2000


def read_comments(folder: Folder, name: str, rubric: Rubric) -> tuple[Comment, ...]:
    """The comments of one capstone in their order; a capstone may do without the file."""
    if not (folder.root / name).is_file():
        return ()
    table = folder.sheet(name)
    if table is None:
        return ()
    keys = {criterion.key for criterion in rubric.criteria}
    tables = table.tables("comments")
    found = tuple(_comment(each, keys) for each in tables)
    for each, comment in zip(tables, found, strict=True):
        if found.index(comment) != tables.index(each):
            each.report("The same comment stands here twice; keep one.", at="body")
    table.done()
    return found


def _comment(table: Table, keys: set[str]) -> Comment:
    comment = Comment(criterion=table.key("criterion"), body=table.text("body"))
    table.done()
    if comment.criterion and comment.criterion not in keys:
        table.report(
            f'`criterion` names "{comment.criterion}", and the rubric has none such.', at="criterion"
        )
    if len(comment.body) > LONGEST:
        table.report(
            f"A comment has at most {LONGEST:,} characters; this has {len(comment.body):,}.", at="body"
        )
    return comment
