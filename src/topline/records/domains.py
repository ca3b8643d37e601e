"""The contract of each domain: which variables it needs, which hold dates, numbers or codes. Names are CDISC SDTM's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DomainContract:
    """What a domain's table must and may hold.

    Parameters
    ----------
    name, label : str
    required : tuple of str
        Variables without which the domain can't be used.
    timing : str or None
        The variable that dates a row, by which the data cut-off cuts.
    numbers : tuple of str
        Variables read as numbers.
    codes : tuple of str
        Variables whose values are codes: compared and kept in capitals, without outer blanks.
    """

    name: str
    label: str
    required: tuple[str, ...]
    timing: str | None = None
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


CONTRACTS = {
    item.name: item
    for item in (
        DomainContract("DM", "demographics", ("USUBJID",), None, ("AGE",), ("SEX", "DTHFL")),
        DomainContract("EX", "exposure", ("USUBJID", "EXTRT", "EXSTDTC"), "EXSTDTC", ("EXDOSE",), ("EXTRT", "EXDOSU", "EXADJ")),
        DomainContract(
            "TU", "tumour identification", ("USUBJID", "TULNKID", "TUORRES"), "TUDTC", ("VISITNUM",), ("TULNKID", "TUORRES", "TULOC")
        ),
        DomainContract(
            "TR",
            "tumour results",
            ("USUBJID", "TRLNKID", "TRTESTCD", "TRORRES", "TRDTC"),
            "TRDTC",
            ("VISITNUM",),
            ("TRLNKID", "TRTESTCD", "TRORRES", "TRORRESU", "TRSTAT"),
        ),
        DomainContract(
            "RS", "disease response", ("USUBJID", "RSORRES", "RSDTC"), "RSDTC", ("VISITNUM",), ("RSTESTCD", "RSORRES", "RSSTAT")
        ),
        DomainContract(
            "AE", "adverse events", ("USUBJID", "AETERM", "AESTDTC"), "AESTDTC", ("AETOXGR",), ("AESER", "AEACN", "AEOUT", "AEREL")
        ),
        DomainContract("LB", "laboratory", ("USUBJID", "LBTESTCD", "LBORRES", "LBDTC"), "LBDTC", ("VISITNUM",), ("LBTESTCD", "LBSTAT")),
        DomainContract("DS", "disposition", ("USUBJID", "DSDECOD", "DSSTDTC"), "DSSTDTC", (), ("DSDECOD", "DSCAT")),
        DomainContract("CM", "concomitant medication", ("USUBJID", "CMTRT", "CMSTDTC"), "CMSTDTC", (), ("CMCAT",)),
        DomainContract("PR", "procedures", ("USUBJID", "PRTRT", "PRSTDTC"), "PRSTDTC", (), ("PRTRT",)),
        DomainContract("SS", "subject status", ("USUBJID", "SSTESTCD", "SSORRES", "SSDTC"), "SSDTC", (), ("SSTESTCD", "SSORRES")),
    )
}
"""Domain name → contract."""


def day_name(variable: str) -> str:
    """Name of the integer day that belongs to a date variable: TRDTC (or TRDY) → TRDT."""
    for ending in ("DTC", "DY"):
        if variable.endswith(ending) and len(variable) > len(ending):
            return variable[: -len(ending)] + "DT"
    return variable if variable.endswith("DT") else variable + "DT"


def study_day_name(variable: str) -> str:
    """Name under which a date variable is found in records that hold study days: TRDTC → TRDY."""
    return variable[:-3] + "DY" if variable.endswith("DTC") else variable
