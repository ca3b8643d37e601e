"""Does a paper add up: claims from its text, a verdict on every check that can be made (imports only the statistics)."""

from topline.audit.claims import Arm, Claim
from topline.audit.engine import audit_text, check_claims
from topline.audit.verdict import AuditReport, Rung, Verdict

__all__ = ["Arm", "AuditReport", "Claim", "Rung", "Verdict", "audit_text", "check_claims"]
