"""Taking an action back, or one record's part in it, as a new action.

One engine for every kind of record. It knows versions, fields, references and uniqueness; what is special about a
kind of record or of action, its domain says with a rule (:mod:`.rules`).
"""

from .changes import Change, changes_of, subjects_after
from .engine import Blocked, Undone, subjects_of, undo_action, undo_record, undo_some
from .rules import (
    ACTION_RULES,
    RECORD_RULES,
    SUBJECTS,
    ActionRule,
    RecordRule,
    action_rule,
    may_know,
    may_take_back_own,
    rights_of,
    root_kind,
    root_of,
    set_subjects,
    undo_offered,
    write_right,
)

__all__ = [
    "ACTION_RULES", "RECORD_RULES", "SUBJECTS", "ActionRule", "Blocked", "Change", "RecordRule", "Undone",
    "action_rule", "changes_of", "may_know", "may_take_back_own", "rights_of", "root_kind", "root_of", "set_subjects",
    "subjects_after", "subjects_of", "undo_action", "undo_offered", "undo_record", "undo_some", "write_right",
]  # fmt: skip
