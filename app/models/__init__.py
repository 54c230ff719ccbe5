"""The tables, and beside them `closed_work`. Importing this package makes every table known to `Base.metadata`."""

from app.models.appeals import Appeal, Explanation
from app.models.applications import Application, ApplicationMessage, DraftedDecision
from app.models.calibrations import Calibration
from app.models.certificates import Certificate
from app.models.desk import SavedComment, SeenFile
from app.models.evidence import CheckResult, CheckRun, Claim, EvidenceFile, Finding, Ledger, UnwantedObject
from app.models.operations import AuditEntry, OutgoingMail, SwitchState
from app.models.people import Appointment, Enrolment, Identity, MoveDone, Person, SignIn
from app.models.queue import ConflictOfInterest, SavedSearch
from app.models.reviews import Handover, Review, ReviewComment, Score, SecondReading, SkippedReview
from app.models.rubrics import RubricCriterion, RubricDraft, RubricLevel, RubricRewording, RubricVersion
from app.models.submissions import Submission, SubmissionVersion

__all__ = [
    "Appeal",
    "Application",
    "ApplicationMessage",
    "Appointment",
    "AuditEntry",
    "Calibration",
    "Certificate",
    "CheckResult",
    "CheckRun",
    "Claim",
    "ConflictOfInterest",
    "DraftedDecision",
    "Enrolment",
    "EvidenceFile",
    "Explanation",
    "Finding",
    "Handover",
    "Identity",
    "Ledger",
    "MoveDone",
    "OutgoingMail",
    "Person",
    "Review",
    "ReviewComment",
    "RubricCriterion",
    "RubricDraft",
    "RubricLevel",
    "RubricRewording",
    "RubricVersion",
    "SavedComment",
    "SavedSearch",
    "Score",
    "SecondReading",
    "SeenFile",
    "SignIn",
    "SkippedReview",
    "Submission",
    "SubmissionVersion",
    "SwitchState",
    "UnwantedObject",
]
