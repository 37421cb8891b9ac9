"""The shapes of what commands print with --json, each with the kinds of its rows."""

from __future__ import annotations

from collections.abc import Mapping

from prassi.core.desk.doctor import Diagnosis
from prassi.core.ticketfile.read_customers import CustomerRowJson

from . import json_book_rows as of_books
from . import json_import_rows as imports
from . import json_rows as rows
from .requests import Request

PRINTED: Mapping[str, tuple[object, ...]] = {
    "init": (rows.InitJson,),
    "import": (imports.ImportJson, imports.ShownRowJson),
    "sync": (imports.SyncLineJson, imports.ReconcileJson, imports.SyncJson),
    "first-map": (imports.FirstMapJson,),
    "sheet": (rows.SheetNameJson, rows.SheetRowJson),
    "check": (rows.RequirementCheckJson,),
    "case-event": (rows.CaseEventJson,),
    "request": (Request, rows.RequestCountJson),
    "state": (rows.StateJson, rows.StatesChangedJson),
    "customer": (
        CustomerRowJson,
        rows.CustomerViewJson,
        rows.CustomerChangedJson,
        rows.ForgottenJson,
    ),
    "sent": (rows.SentJson, rows.MessageChangedJson, rows.HandedOverJson),
    "todo-mail": (rows.TodoMailJson,),
    "undo": (rows.UndoneJson,),
    "explain": (of_books.ExplanationJson, of_books.WhyNotJson),
    "what-if": (of_books.TrialJson, of_books.ComparisonJson, of_books.ComparedEventJson),
    "replay": (of_books.ReplayedJson,),
    "calendar": (rows.CalendarJson, rows.SpecialDayJson),
    "book-list": (of_books.BookLineJson, of_books.FaultyBookJson),
    "book-new": (rows.NewBookJson,),
    "book-show": (of_books.BookJson, of_books.TraceJson),
    "book-check": (of_books.FindingJson,),
    "book-test": (
        of_books.PlayedJson,
        of_books.CoverageJson,
        of_books.MissingScenariosJson,
        of_books.SurvivorJson,
        of_books.MutantsJson,
    ),
    "book-prove": (of_books.VerdictJson, of_books.WayJson),
    "book-graph": (of_books.DrawingJson,),
    "book-export": (rows.DmnJson, rows.LeftOutJson),
    "verify": (rows.VerifyJson,),
    "doctor": (Diagnosis,),
    "serve": (rows.ServedJson, rows.KeyMadeJson, rows.KeyJson, rows.KeyRemovedJson),
    "report": (rows.ReportJson,),
    "backup": (rows.BackupJson,),
    "restore": (rows.RestoreJson,),
}
"""Shapes that only the command line has; where there are several kinds of rows, a row is one of them."""
