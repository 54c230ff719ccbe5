"""What somebody does leaves an entry in the audit trail, written in the same transaction (I22)."""

import ast

import pytest

from tests.conventions.source import calls, modules, named, tree

SERVICES = modules("app/services")
DRAFTS = {
    "applications.save_draft",
    "decisions.draft",
    "decisions.drop",
    "review_drafts.save_draft",
    "rubric_drafts.arrange",
    "rubric_drafts.save_draft",
    "line_comments.comment_on_line",
    "line_comments.reword_line_comment",
    "line_comments.remove_line_comment",
}
"""Only the one who writes sees these until they are sent, and sending leaves an entry."""
NO_CHANGE = {
    "appealed_ratings.replace_rating",
    "closed_work.is_closed",
    "blind_offers.oldest_offered",
    "calibrations.owed",
    "closed_work.require_not_read_blind",
    "closed_work.require_open",
    "files.lock_own",
    "review_claims.lock_reviewer",
    "review_claims.require_room",
    "review_drafts.mine",
    "review_drafts.require_mine",
    "review_turns.oldest_free",
    "versions.lock_own",
    "versions.lock_draft",
}
"""These only look, lock or do a part for a verb that leaves an entry."""
OWN_SCREEN = {
    "people.choose_language",
    "people.set_keys",
    "desk.mark_seen",
    "desk.use_comment",
    "review_queue.save_search",
    "review_queue.forget_search",
}
"""A taste, and nobody else's business."""


@pytest.mark.parametrize("path", SERVICES, ids=named)
def test_every_verb_leaves_an_entry(path):
    silent = {f"{path.stem}.{name}" for name in silent_verbs(tree(path))}

    assert silent - DRAFTS - NO_CHANGE - OWN_SCREEN == set(), "call audit.record in the same transaction"


def test_what_is_excused_is_still_silent():
    silent = {f"{path.stem}.{name}" for path in SERVICES for name in silent_verbs(tree(path))}

    assert (DRAFTS | NO_CHANGE | OWN_SCREEN) - silent == set()


def test_a_verb_that_says_nothing_is_seen():
    module = """
def act(db, actor):
    _write(db)
def _write(db):
    db.add(1)
def act_and_tell(db, actor):
    _tell(db)
def _tell(db):
    audit.record(db)
"""

    assert silent_verbs(ast.parse(module)) == ["act"]


WORDS_OF_PEOPLE = {
    "reason",
    "name",
    "email",
    "note",
    "body",
    "summary",
    "comment",
    "question",
    "words",
    "text",
}


@pytest.mark.parametrize("path", SERVICES, ids=named)
def test_an_entry_holds_no_words_of_people(path):
    """The trail never changes, so what somebody wrote would stay in it when they are erased (I29)."""
    written = {
        word.arg
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in {"record", "_record"}
        for word in call.keywords
    }

    assert written & WORDS_OF_PEOPLE == set(), "the row itself keeps them; the entry names the row"


def silent_verbs(module):
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    return [name for name, node in functions.items() if is_verb(node) and not records(node, functions)]


def is_verb(node):
    """A public function that somebody does: it takes the session and the actor."""
    given = {argument.arg for argument in node.args.args + node.args.kwonlyargs}
    return not node.name.startswith("_") and {"db", "actor"} <= given


def records(node, functions, seen=frozenset()):
    """Whether it writes an entry, itself or through the functions of its module."""
    called = calls(node)
    if any(name.rpartition(".")[2] in {"record", "_record"} for name in called):
        return True
    further = (called & functions.keys()) - seen
    return any(records(functions[name], functions, seen | called) for name in further)
