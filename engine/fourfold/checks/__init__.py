"""Checks of a linked rule book that are no errors but worth knowing; one file each."""

from fourfold.checks import rule_without_reason, text_in_one_language, unread_term
from fourfold.model import RuleBook
from fourfold.problem import Problem

ALL = (text_in_one_language.check, unread_term.check, rule_without_reason.check)


def run(book: RuleBook) -> list[Problem]:
    """Return what every check finds."""
    return [problem for check in ALL for problem in check(book)]
